/**
 * Requests to the service. Every write but a reaction may be sent twice without harm (a PUT, a DELETE
 * or a PATCH says how things shall be, a POST carries an Idempotency-Key), so each is tried again
 * when the network or a busy service is in the way.
 */

const ATTEMPT_TIMEOUT_MS = 12_000;
const PATIENCE_MS = 45_000;
const LONGEST_WAIT_MS = 30_000;
const PASSING = new Set([429, 502, 503, 504]);

/** A request that was refused, or that got no answer (`code` "network", `status` 0). */
export class ApiError extends Error {
  constructor({ status = 0, code = "network", detail = "", errors = [], retryAfterMs = 0 }) {
    super(detail || code);
    Object.assign(this, { status, code, detail, errors, retryAfterMs });
  }

  /** Whether the same request may well succeed later. */
  get isPassing() {
    return this.code === "network" || PASSING.has(this.status);
  }
}

/** Return how long to wait after so many failures in a row, in ms: doubling, jittered, bounded. */
export function backoffMs(failures) {
  const longest = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(failures, 10));
  return longest * (0.5 + Math.random() / 2);
}

/** Return a new Idempotency-Key. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Send one request once; return {status, body, etag}. `body` is null without content (204, 304).
 * Throw an `ApiError` when there is no answer in time, or one of 400 and above.
 */
export async function attempt(method, path, { token, body, key, etag } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  if (etag) headers["If-None-Match"] = etag;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), ATTEMPT_TIMEOUT_MS);
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      signal: timeout.signal,
    });
    const text = await response.text();
    if (response.status >= 400) throw refusal(response, text);
    return {
      status: response.status,
      body: text ? JSON.parse(text) : null,
      etag: response.headers.get("ETag"),
    };
  } catch (error) {
    // fetch and JSON.parse say the same of a dead network, a cut answer and a captive portal.
    throw error instanceof ApiError ? error : new ApiError({});
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Send a request until it is answered, for up to 45 s; return the body. `onRetry` is told each
 * error that is waited out.
 */
export async function send(method, path, { onRetry, ...options } = {}) {
  const deadline = Date.now() + PATIENCE_MS;
  for (let failures = 0; ; failures += 1) {
    try {
      return (await attempt(method, path, options)).body;
    } catch (error) {
      const wait = Math.max(error.retryAfterMs ?? 0, backoffMs(failures));
      if (!error.isPassing || Date.now() + wait > deadline) throw error;
      onRetry?.(error);
      await pause(wait, { untilOnline: error.code === "network" });
    }
  }
}

function refusal(response, text) {
  const retryAfterMs = 1_000 * (Number(response.headers.get("Retry-After")) || 0);
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    // Not from the service itself, but from something in front of it.
  }
  const { code = `http_${response.status}`, detail = "", errors = [] } = problem ?? {};
  return new ApiError({ status: response.status, code, detail, errors, retryAfterMs });
}

function pause(ms, { untilOnline }) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (untilOnline) window.addEventListener("online", done);
  });
}
