/**
 * The service's clock, as far as this device can know it. Reading it several times in a row lets the
 * service measure the round trip by its own clock; the stamp of the last reading goes with an answer,
 * so that a slow network costs no points.
 */

const READINGS = 4;
const FRESH_MS = 10 * 60_000;

/** Reads the clock of an event by `call(method, path, options)`. */
export class ServiceClock {
  /** What to send with an answer; null before the first reading. */
  stamp = null;
  #aheadMs = 0;
  #readAt = -Infinity;
  #reading = null;

  constructor(eventId, call) {
    Object.assign(this, { path: `/v1/events/${eventId}/clock`, call });
  }

  /** Return what time it is there, in ms since the epoch. */
  now() {
    return Date.now() + this.#aheadMs;
  }

  /**
   * Read the clock within so many ms, unless that was done lately: a hall must not do it in the same
   * instant. A failure is none of the person's business.
   */
  refresh(withinMs) {
    if (performance.now() - this.#readAt < FRESH_MS) return null;
    this.#reading ??= pause(Math.random() * withinMs)
      .then(() => this.#read())
      .catch(() => null)
      .finally(() => {
        this.#reading = null;
      });
    return this.#reading;
  }

  async #read() {
    let shortest = Infinity;
    for (let reading = 0; reading < READINGS; reading += 1) {
      const started = performance.now();
      const body = this.stamp ? { stamp: this.stamp } : {};
      const { server_time, stamp } = await this.call("POST", this.path, { body });
      const took = performance.now() - started;
      this.stamp = stamp;
      if (took < shortest) {
        shortest = took;
        this.#aheadMs = Date.parse(server_time) + took / 2 - Date.now();
      }
    }
    this.#readAt = performance.now();
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
