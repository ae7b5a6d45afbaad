/** Writes of one person: one at a time about each subject, with what is under way and what went wrong. */

import { newKey } from "./api.js";
import { inWords } from "./words.js";

/** Sends writes by `call(method, path, options)`; `onChange()` hears whenever `busy` or `problems` change. */
export class Writes {
  /** By subject: what to show while a write is on its way, and why the last one failed. */
  busy = new Map();
  problems = new Map();

  constructor({ call, onChange }) {
    Object.assign(this, { call, onChange });
  }

  /** Send a write about `subject`; return the answer, or null when it failed or another is under way. */
  async send(subject, method, path, options = {}) {
    if (this.busy.has(subject)) return null;
    this.problems.delete(subject);
    this.#progress(subject, "Sending…");
    const onRetry = (error) => {
      this.problems.set(subject, inWords(error));
      this.#progress(subject, "Trying again…");
    };
    try {
      const answer = await this.call(method, path, { ...options, onRetry });
      this.problems.delete(subject);
      // An answer without a body (204) is an answer too.
      return answer ?? {};
    } catch (error) {
      this.problems.set(subject, inWords(error));
      return null;
    } finally {
      this.busy.delete(subject);
      this.onChange();
    }
  }

  #progress(subject, words) {
    this.busy.set(subject, words);
    this.onChange();
  }
}

/** The Idempotency-Keys of a form: the same body sent again after a failure is the same creation. */
export class Creation {
  #sent = null;
  #key = null;

  /** Return the key to send `body` with. */
  keyFor(body) {
    const sent = JSON.stringify(body);
    if (sent !== this.#sent) {
      this.#sent = sent;
      this.#key = newKey();
    }
    return this.#key;
  }

  /** The creation was acknowledged: the same body is another one from now on. */
  done() {
    this.#sent = null;
  }
}
