/** Following an event's change feed: the state as it is now, kept by polling. */

import { ApiError, attempt, backoffMs } from "./api.js";

const FIRST_POLL_AFTER_MS = 2_000;
const JITTER = 0.25;
const PAUSE_AFTER_HIDDEN_MS = 60_000;
const LOST = new Set([401, 403, 404]);

/** Apply one page of the feed to `state`: a Map of type to a Map of id to what it is now. */
export function applyPage(state, page) {
  if (page.reset) state.clear();
  for (const { type, id, data } of page.changes) {
    if (!state.has(type)) state.set(type, new Map());
    if (data === null) state.get(type).delete(id);
    else state.get(type).set(id, data);
  }
}

/**
 * Follows one feed until stopped. `onState(state, {reset})` hears of every change, `onTrouble(error)`
 * of failures, and with null of their end, `onLost(error)` that the feed is not (any more) ours.
 */
export class FeedFollower {
  #state = new Map();
  #cursor = null;
  #etag = null;
  #pollAfterMs = FIRST_POLL_AFTER_MS;
  #failures = 0;
  #reset = false;
  #timer = null;
  #wantedAt = Infinity;
  #asking = false;
  #askAgain = false;
  #hiddenSince = null;
  #stopped = false;

  constructor(eventId, { token = null, onState, onTrouble, onLost }) {
    this.path = `/v1/events/${eventId}/changes`;
    Object.assign(this, { token, onState, onTrouble, onLost });
  }

  /** Poll now, and from now on. */
  start() {
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("online", this.#onOnline);
    this.#poll();
  }

  /** Poll no more. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("online", this.#onOnline);
  }

  /** Poll in `ms` rather than at the next turn: this person has just changed something. */
  soon(ms) {
    this.#wantedAt = Date.now() + ms;
    this.#schedule(ms);
  }

  #onVisibility = () => {
    this.#hiddenSince = document.hidden ? Date.now() : null;
    if (!document.hidden) this.#poll();
  };

  #onOnline = () => this.#poll();

  #schedule(ms) {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const wait = Math.min(ms, Math.max(0, this.#wantedAt - Date.now()));
    this.#timer = setTimeout(() => this.#poll(), wait);
  }

  async #poll() {
    clearTimeout(this.#timer);
    if (this.#stopped || this.#isPaused()) return;
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    this.#asking = true;
    if (Date.now() >= this.#wantedAt) this.#wantedAt = Infinity;
    const [page, error] = await this.#ask();
    this.#asking = false;
    if (this.#stopped) return;
    const wait = error ? this.#failed(error) : this.#received(page);
    this.#schedule(this.#askAgain ? 0 : wait);
    this.#askAgain = false;
  }

  /** Whether nobody has looked for long; looking again polls at once. */
  #isPaused() {
    return this.#hiddenSince !== null && Date.now() - this.#hiddenSince > PAUSE_AFTER_HIDDEN_MS;
  }

  async #ask() {
    const query = new URLSearchParams();
    if (this.token) query.set("audience", "staff");
    if (this.#cursor) query.set("since", this.#cursor);
    try {
      const options = { token: this.token, etag: this.#etag };
      const { status, body, etag } = await attempt("GET", `${this.path}?${query}`, options);
      if (status === 304) return [null, null];
      // The ETag is of the answer to this very cursor: of no use with the next one.
      this.#etag = body.cursor === this.#cursor ? etag : null;
      return [body, null];
    } catch (error) {
      return [null, error instanceof ApiError ? error : new ApiError({})];
    }
  }

  /** Take in an answer (null: nothing changed); return when to ask next, in ms. */
  #received(page) {
    if (this.#failures) this.onTrouble(null);
    this.#failures = 0;
    if (page) {
      applyPage(this.#state, page);
      this.#cursor = page.cursor;
      this.#pollAfterMs = page.poll_after_ms;
      this.#reset ||= page.reset;
      if (page.more) return 0;
      if (this.#reset || page.changes.length) this.onState(this.#state, { reset: this.#reset });
      this.#reset = false;
    }
    return this.#pollAfterMs * (1 + Math.random() * JITTER);
  }

  #failed(error) {
    if (LOST.has(error.status)) {
      this.stop();
      this.onLost(error);
      return 0;
    }
    const wait = Math.max(error.retryAfterMs, backoffMs(this.#failures));
    this.#failures += 1;
    this.onTrouble(error);
    return wait;
  }
}
