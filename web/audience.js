/** The audience's side: what a participant sees and does, kept in one object and drawn from it. */

import { announce } from "./announcer.js";
import { attempt, send } from "./api.js";
import { audiencePage } from "./audience_view.js";
import { render } from "./dom.js";
import { FeedFollower } from "./feed.js";
import { join } from "./join.js";
import { kindOf, spoken } from "./kinds.js";
import { keepIdentity } from "./memory.js";
import { confirmed, toast } from "./parts.js";
import { QuizSeat } from "./quiz_seat.js";
import { Reactions } from "./reactions.js";
import { entries } from "./sorting.js";
import { inWords } from "./words.js";
import { Creation, Writes } from "./writes.js";

// What was written reaches the feed with the next tick of the service.
const FEED_LAG_MS = 700;
const OWN_QUESTIONS_EVERY_MS = 20_000;

/** Show an event to a participant; `onLeave(message)` hears when it is no longer theirs. */
export function openAudience(root, { identity, event, onLeave }) {
  const audience = new Audience(root, identity, event, onLeave);
  audience.open();
}

class Audience {
  tab = "polls";
  polls = [];
  results = new Map();
  questions = [];
  announcements = [];
  reactionCounts = null;
  reactionProblem = null;
  trouble = null;
  loaded = false;
  /** Mine: votes by poll, and upvoted questions, as acknowledged; my questions in any state. */
  votes = new Map();
  upvotes = new Set();
  myQuestions = [];
  /** What is filled in and not sent yet, by poll. */
  drafts = new Map();
  #question = new Creation();
  #rejoining = null;
  #refresh = null;

  constructor(root, identity, event, onLeave) {
    Object.assign(this, { root, identity, event, onLeave });
    const call = (...request) => this.#call(...request);
    this.writes = new Writes({ call, onChange: this.draw });
    this.seat = new QuizSeat({
      eventId: identity.event_id,
      call,
      writes: this.writes,
      readMine: () => this.#readMine(),
      draw: this.draw,
    });
    this.reactions = new Reactions({ send: (taps) => this.#react(taps), onChange: this.draw });
    this.feed = new FeedFollower(identity.event_id, {
      onState: (state, { reset }) => this.#takeState(state, reset),
      onTrouble: (error) => this.#update({ trouble: error }),
      onLost: () => this.#close("This event is no longer there."),
    });
  }

  open() {
    this.draw();
    this.feed.start();
    document.addEventListener("visibilitychange", this.#onVisibility);
  }

  draw = () => {
    document.title = this.event ? `${this.event.title} · Ovation` : "Ovation";
    render(this.root, audiencePage(this));
  };

  /** Show another part of the page. */
  show(tab) {
    this.#update({ tab });
    window.scrollTo({ top: 0 });
  }

  /** Take in what the form of a poll holds now. */
  fill(poll, draft) {
    // What is on its way is what counts: drawing again takes the change back.
    if (this.writes.busy.has(poll.id)) return this.draw();
    this.drafts.set(poll.id, draft);
    this.writes.problems.delete(poll.id);
    return this.draw();
  }

  /** Return what the form of a poll holds: what was filled in, else the vote. */
  draft(poll) {
    return this.drafts.get(poll.id) ?? kindOf(poll).draft(poll, this.votes.get(poll.id) ?? null);
  }

  /** Whether the form holds anything else than the vote that is counted. */
  isEdited(poll) {
    const filled = kindOf(poll).toVote(poll, this.draft(poll));
    return JSON.stringify(filled) !== JSON.stringify(this.votes.get(poll.id) ?? null);
  }

  /** Return the vote that the form holds; null while it is not whole, or is counted already. */
  newVote(poll) {
    return this.isEdited(poll) ? kindOf(poll).toVote(poll, this.draft(poll)) : null;
  }

  /** Send what the form holds as the vote. */
  async vote(poll) {
    const body = this.newVote(poll);
    if (!body) return;
    const receipt = await this.writes.send(poll.id, "PUT", `/v1/polls/${poll.id}/vote`, { body });
    if (receipt) this.#voted(poll, receipt, `${kindOf(poll).words.done}: ${poll.prompt}`);
  }

  /** Take the vote back. */
  async retract(poll) {
    const receipt = await this.writes.send(poll.id, "DELETE", `/v1/polls/${poll.id}/vote`);
    if (receipt) this.#voted(poll, receipt, `Your vote is taken back: ${poll.prompt}`);
  }

  #voted(poll, { vote }, words) {
    if (vote) this.votes.set(poll.id, vote);
    else this.votes.delete(poll.id);
    this.drafts.delete(poll.id);
    this.feed.soon(FEED_LAG_MS);
    announce("vote", words);
    this.draw();
  }

  /** Support a question, or no longer. */
  async toggleUpvote(question) {
    const method = this.upvotes.has(question.id) ? "DELETE" : "PUT";
    const path = `/v1/questions/${question.id}/upvote`;
    const receipt = await this.writes.send(question.id, method, path);
    if (!receipt) return;
    if (receipt.upvoted) this.upvotes.add(question.id);
    else this.upvotes.delete(question.id);
    this.feed.soon(FEED_LAG_MS);
    this.draw();
  }

  /** Send reactions, once: what is sent again is counted again. */
  async #react(taps) {
    const path = `/v1/events/${this.identity.event_id}/reactions`;
    try {
      await attempt("POST", path, { token: this.identity.token, body: taps });
      this.reactionProblem = null;
      this.feed.soon(FEED_LAG_MS);
    } catch (error) {
      this.reactionProblem = inWords(error);
    }
  }

  /** Ask what the form says; empty it once that is acknowledged. */
  async ask(form) {
    const body = {
      body: form.elements.body.value.trim(),
      anonymous: Boolean(form.elements.anonymous?.checked),
    };
    if (!body.body) return;
    const path = `/v1/events/${this.identity.event_id}/questions`;
    const asked = await this.writes.send("ask", "POST", path, { body, key: this.#question.keyFor(body) });
    if (!asked) return;
    this.#question.done();
    form.reset();
    this.myQuestions = [...this.myQuestions.filter(({ id }) => id !== asked.id), asked];
    this.feed.soon(0);
    toast(asked.status === "pending" ? "Sent to the moderator." : "Your question is on the list.");
    this.#refreshLater();
    this.draw();
  }

  /** Give up the seat, if the person means it. */
  async leave() {
    const sure = await confirmed({
      title: "Leave this event?",
      text: "This phone forgets who you are here. What you voted and asked stays counted.",
      action: "Leave",
    });
    if (sure) this.#close(null);
  }

  #close(message) {
    this.feed.stop();
    this.seat.close();
    this.reactions.stop();
    clearTimeout(this.#refresh);
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.onLeave(message);
  }

  #update(changes) {
    Object.assign(this, changes);
    this.draw();
  }

  #onVisibility = () => {
    if (!document.hidden) this.#readMine();
  };

  #takeState(state, reset) {
    this.event = state.get("event")?.get(this.identity.event_id) ?? this.event;
    const open = new Set(this.polls.filter((poll) => poll.status === "open").map(({ id }) => id));
    const loaded = this.loaded;
    this.polls = entries(state, "poll");
    this.questions = entries(state, "question");
    this.#takeAnnouncements(entries(state, "announcement"));
    this.reactionCounts = state.get("reactions")?.get(this.identity.event_id)?.counts ?? null;
    const results = state.get("poll_results") ?? new Map();
    for (const poll of this.polls) {
      if (loaded && poll.status === "open" && !open.has(poll.id)) {
        announce(poll.id, `A poll is open: ${poll.prompt}`);
      }
      const [before, now] = [this.results.get(poll.id), results.get(poll.id)];
      const words = loaded && now && now !== before && spoken(poll, now);
      if (words) announce(poll.id, words);
    }
    this.results = new Map(results);
    this.seat.take(state);
    this.loaded = true;
    this.draw();
    if (reset) this.#readMine();
  }

  #takeAnnouncements(announcements) {
    const known = new Set(this.announcements.map(({ id }) => id));
    for (const { id, body } of announcements) {
      if (this.loaded && !known.has(id)) announce(id, `Announcement: ${body}`);
    }
    this.announcements = announcements;
  }

  async #readMine() {
    try {
      const mine = await this.#call("GET", `/v1/events/${this.identity.event_id}/me`);
      this.votes = new Map(mine.votes.map(({ poll_id, vote }) => [poll_id, vote]));
      this.upvotes = new Set(mine.upvotes);
      this.myQuestions = mine.questions;
      this.seat.takeMine(mine.quiz);
      this.#refreshLater();
      this.draw();
    } catch (error) {
      toast(inWords(error), { bad: true });
    }
  }

  /** Only `/me` tells what became of a question that the moderator keeps back. */
  #refreshLater() {
    clearTimeout(this.#refresh);
    if (!this.myQuestions.some(({ status }) => status === "pending")) return;
    const wait = OWN_QUESTIONS_EVERY_MS * (1 + Math.random() / 4);
    this.#refresh = setTimeout(() => {
      if (!document.hidden) this.#readMine();
    }, wait);
  }

  /** Send a request as this participant; when the token is not accepted (any more), join again first. */
  async #call(method, path, options = {}) {
    const { token } = this.identity;
    try {
      return await send(method, path, { ...options, token });
    } catch (error) {
      if (error.status !== 401) throw error;
      if (token === this.identity.token) await this.#rejoin();
      return send(method, path, { ...options, token: this.identity.token });
    }
  }

  #rejoin() {
    this.#rejoining ??= join(this.identity.join_code, this.identity.display_name)
      .then(({ identity }) => {
        this.identity = identity;
        keepIdentity(identity);
        this.votes.clear();
        this.upvotes.clear();
        this.myQuestions = [];
        toast("Your seat had expired. You have joined again.");
      })
      .finally(() => {
        this.#rejoining = null;
      });
    return this.#rejoining;
  }
}
