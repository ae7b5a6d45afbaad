/** The texts of open text polls as the staff judges them: the feed has the newest, the rest is read on demand. */

/** Reads texts that are older than those in the feed, by `send(subject, method, path)`. */
export class OlderTexts {
  /** By poll: texts by participant, and the cursor of the next page; null when all are read. */
  #read = new Map();

  constructor({ send }) {
    Object.assign(this, { send });
  }

  /** Return the texts of a poll, newest first: those of the feed, then those that were read here. */
  all(poll, results) {
    const newest = results?.tallies ?? [];
    const known = new Set(newest.map(({ participant_id }) => participant_id));
    const older = this.#read.get(poll.id)?.texts ?? [];
    return [...newest, ...older.filter(({ participant_id }) => !known.has(participant_id))];
  }

  /** Whether there may be texts that were not read yet. */
  hasMore(poll, results) {
    const read = this.#read.get(poll.id);
    if (read) return read.cursor !== null;
    return Boolean(results) && results.voters > results.tallies.length;
  }

  /** Read the next page of a poll's texts. */
  async readMore(poll) {
    const { texts = [], cursor = null } = this.#read.get(poll.id) ?? {};
    const query = new URLSearchParams({ limit: 100, ...(cursor && { cursor }) });
    const page = await this.send(poll.id, "GET", `/v1/polls/${poll.id}/texts?${query}`);
    if (page) this.#read.set(poll.id, { texts: [...texts, ...page.texts], cursor: page.cursor });
  }

  /** Take in what was decided on a text that was read here. */
  decided(poll, text) {
    const read = this.#read.get(poll.id);
    if (!read) return;
    read.texts = read.texts.map((each) => (each.participant_id === text.participant_id ? text : each));
  }
}
