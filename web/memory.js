/**
 * What this browser remembers: who the person is in each event (for good), and the host's
 * credential (for this tab). A browser that refuses storage remembers until the page is left.
 */

const fallback = new Map();

function read(storage, name) {
  try {
    return JSON.parse(window[storage].getItem(name)) ?? fallback.get(name) ?? null;
  } catch {
    return fallback.get(name) ?? null;
  }
}

function write(storage, name, value) {
  fallback.set(name, value);
  try {
    if (value === null) window[storage].removeItem(name);
    else window[storage].setItem(name, JSON.stringify(value));
  } catch {
    // Private browsing, or full: `fallback` has it.
  }
}

const identityName = (eventId) => `ovation.event.${eventId}`;
const codeName = (joinCode) => `ovation.code.${joinCode}`;

/** Return who this person is in the event of a join code, or null. */
export function recallIdentity(joinCode) {
  const eventId = read("localStorage", codeName(joinCode));
  return eventId && read("localStorage", identityName(eventId));
}

/** Keep `identity`: {event_id, participant_id, token, join_code, display_name}. */
export function keepIdentity(identity) {
  write("localStorage", identityName(identity.event_id), identity);
  write("localStorage", codeName(identity.join_code), identity.event_id);
}

/** Forget who this person was in an event. */
export function forgetIdentity(identity) {
  write("localStorage", identityName(identity.event_id), null);
  write("localStorage", codeName(identity.join_code), null);
}

const HOST = "ovation.host";

/** Return the host credential of this tab, {event_id, token}, or null. */
export const recallHost = () => read("sessionStorage", HOST);

/** Keep the host credential for as long as the tab lives; null forgets it. */
export const keepHost = (credential) => write("sessionStorage", HOST, credential);
