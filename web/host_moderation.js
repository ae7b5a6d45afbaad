/** What a host or moderator does beside polls and questions' states: announce, merge, ban. */

import { confirmed, toast } from "./parts.js";
import { Creation } from "./writes.js";

/** Does it by `send(subject, method, path, options)`; `onChange()` hears when something was done. */
export class Moderation {
  #creation = new Creation();
  #said = null;
  #body = null;

  constructor({ eventId, send, onChange }) {
    Object.assign(this, { eventId, send, onChange });
  }

  /** Tell everyone what the form says; empty it once that is acknowledged. */
  async announce(form) {
    const minutes = Number(form.elements.minutes.value);
    const said = { body: form.elements.body.value.trim(), pinned: form.elements.pinned.checked };
    if (!said.body) return;
    // A second attempt ends when the first would have: it is the same announcement.
    if (this.#said !== JSON.stringify([said, minutes])) {
      this.#said = JSON.stringify([said, minutes]);
      const end = new Date(Date.now() + minutes * 60_000).toISOString();
      this.#body = minutes ? { ...said, expires_at: end } : said;
    }
    const sent = { body: this.#body, key: this.#creation.keyFor(this.#body) };
    const path = `/v1/events/${this.eventId}/announcements`;
    if (!(await this.send("announce", "POST", path, sent))) return;
    this.#creation.done();
    this.#said = null;
    form.reset();
    this.onChange();
  }

  /** Take an announcement back. */
  async takeBack({ id }) {
    await this.send(id, "DELETE", `/v1/events/${this.eventId}/announcements/${id}`);
    this.onChange();
  }

  /** Merge a question into another, whose number of upvotes then counts both's supporters once. */
  async merge(question, into) {
    const options = { body: { into } };
    const merged = await this.send(question.id, "POST", `/v1/questions/${question.id}/merge`, options);
    if (merged) toast("Merged. It can be undone below.");
    this.onChange();
  }

  /** Let a merged question stand for itself again. */
  async unmerge({ id }) {
    await this.send(id, "DELETE", `/v1/questions/${id}/merge`);
    this.onChange();
  }

  /** Refuse whatever the author of a question writes from now on, if the person means it. */
  async banAuthor(question) {
    const sure = await confirmed({
      title: "Ban whoever asked this?",
      text: "They cannot vote, ask or react in this event any more. What they wrote so far stays.",
      action: "Ban",
    });
    if (!sure) return;
    const path = `/v1/questions/${question.id}/author/ban`;
    if (await this.send(question.id, "POST", path)) toast("Banned from this event.");
  }

  /** Erase everything that the author of a question wrote, if the person means it. */
  async eraseAuthor(question) {
    const sure = await confirmed({
      title: "Erase all that this person wrote?",
      text: "Their questions, votes, upvotes and reactions go, and every count changes. This cannot be undone.",
      action: "Erase",
    });
    if (!sure) return;
    await this.send(question.id, "DELETE", `/v1/participants/${question.participant_id}`);
    this.onChange();
  }
}
