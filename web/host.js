/** The host's side: what a host or moderator sees and does, kept in one object and drawn from it. */

import { ApiError, send } from "./api.js";
import { render } from "./dom.js";
import { FeedFollower } from "./feed.js";
import { BLANK_POLL, NEW_KINDS } from "./host_kinds.js";
import { Moderation } from "./host_moderation.js";
import { QuizDesk } from "./host_quiz.js";
import { OlderTexts } from "./host_texts.js";
import { hostPage, projectedCode } from "./host_view.js";
import { confirmed, toast } from "./parts.js";
import { entries } from "./sorting.js";
import { Creation, Writes } from "./writes.js";

/** Show an event to its staff; `onLeave(message)` hears when the link is no longer good. */
export function openHost(root, { credential, onLeave }) {
  new Host(root, credential, onLeave).open();
}

class Host {
  tab = "polls";
  event = null;
  polls = [];
  results = new Map();
  questions = [];
  announcements = [];
  reactions = null;
  trouble = null;
  /** Whether the link is a host's, who may also change the event; a moderator may not. */
  managesEvent = false;
  /** Whether a poll is being written, what it says so far, and the question that is being replied to. */
  isWriting = false;
  newPoll = BLANK_POLL;
  replyingTo = null;
  /** The words that no cloud shows as they are being written; null: as the event has them. */
  stopList = null;
  #pollCreation = new Creation();
  #replyCreation = new Creation();

  constructor(root, credential, onLeave) {
    Object.assign(this, { root, credential, onLeave });
    const call = (...request) => this.#call(...request);
    this.writes = new Writes({ call, onChange: this.draw });
    this.olderTexts = new OlderTexts({ send: (...request) => this.writes.send(...request) });
    this.quiz = new QuizDesk(this);
    this.moderation = new Moderation({
      eventId: credential.event_id,
      send: (...request) => this.writes.send(...request),
      onChange: () => this.refresh(),
    });
    this.feed = new FeedFollower(credential.event_id, {
      token: credential.token,
      onState: (state) => this.#takeState(state),
      onTrouble: (error) => this.update({ trouble: error }),
      onLost: (error) => this.close(lostWords(error)),
    });
  }

  open() {
    this.draw();
    this.feed.start();
    this.#learnRole();
  }

  draw = () => {
    document.title = this.event ? `${this.event.title} · Host · Ovation` : "Host · Ovation";
    render(this.root, hostPage(this));
  };

  /** Change what is shown. */
  update(changes) {
    Object.assign(this, changes);
    this.draw();
  }

  /** Show another part of the page. */
  show(tab) {
    this.update({ tab });
    window.scrollTo({ top: 0 });
  }

  /** Forget the link, if the person means it. */
  async leave() {
    const sure = await confirmed({
      title: "Leave the host's view?",
      text: "The event goes on. To come back, open your host link again.",
      action: "Leave",
    });
    if (sure) this.close(null);
  }

  /** Stop, and forget the link. */
  close(message) {
    this.feed.stop();
    this.onLeave(message);
  }

  get #path() {
    return `/v1/events/${this.credential.event_id}`;
  }

  /** Open the event to participants. */
  goLive() {
    return this.#changeEvent({ status: "live" });
  }

  /** End the event for good. */
  async endEvent() {
    const sure = await confirmed({
      title: "End this event?",
      text: "Open polls close with their final result, and nobody can join, vote or ask any more.",
      action: "End the event",
    });
    if (sure) await this.#changeEvent({ status: "ended" });
  }

  /** Change one of the event's settings. */
  set(name, value) {
    return this.#changeEvent({ settings: { [name]: value } });
  }

  /** Fill the screen with the code, for a hall to see. */
  project() {
    projectedCode(this.event);
  }

  /** Show the form for a new poll. */
  write() {
    this.update({ isWriting: true });
    document.getElementById("new-prompt").focus();
  }

  /** Make the poll that is being written; open it at once if `openNow`. */
  async createPoll({ openNow }) {
    const { kind, prompt, visibility } = this.newPoll;
    const asked = NEW_KINDS[kind].body(this.newPoll);
    const body = { kind, prompt: prompt.trim(), results_visibility: visibility, ...asked };
    const key = this.#pollCreation.keyFor(body);
    const path = `${this.#path}/polls`;
    const poll = await this.writes.send("new poll", "POST", path, { body, key });
    if (!poll) return;
    this.#pollCreation.done();
    this.isWriting = false;
    this.newPoll = { ...BLANK_POLL, kind, visibility };
    if (openNow) await this.changePoll(poll, { status: "open" });
    else toast("Saved as a draft.");
    this.refresh();
  }

  /** Change a poll: its status, or who sees its results. */
  async changePoll(poll, change) {
    const answer = await this.#change(poll.id, `/v1/polls/${poll.id}`, change);
    if (answer) this.update({ polls: replaced(this.polls, answer) });
  }

  /** Erase a poll that nobody has seen. */
  async erasePoll(poll) {
    await this.writes.send(poll.id, "DELETE", `/v1/polls/${poll.id}`);
    this.refresh();
  }

  /** Show a text of an open text poll to everybody, or no longer. */
  async judge(poll, { participant_id, text }, status) {
    const path = `/v1/polls/${poll.id}/texts/${participant_id}`;
    const decided = await this.#change(poll.id, path, { text, status });
    if (decided) this.olderTexts.decided(poll, decided);
    this.draw();
  }

  /** Read texts that are older than those that the feed has. */
  async readMoreTexts(poll) {
    await this.olderTexts.readMore(poll);
    this.draw();
  }

  /** Let no word cloud show a word, if the person means it. */
  async hideWord(word) {
    const sure = await confirmed({
      title: `Hide “${word}”?`,
      text: "No word cloud of this event shows it any more. It stays counted, and can be shown again in the settings.",
      action: "Hide the word",
    });
    if (sure) await this.#setStopList([...this.event.settings.word_cloud_stop_list, word]);
  }

  /** Let no word cloud show the words that are written in the settings. */
  saveStopList() {
    const words = this.stopList.split(/[,\n]/u).map((word) => word.trim());
    return this.#setStopList(words.filter(Boolean));
  }

  async #setStopList(words) {
    if (await this.set("word_cloud_stop_list", words)) this.update({ stopList: null });
  }

  /** Change a question: its status, or its marks. */
  async moderate(question, change) {
    const answer = await this.#change(question.id, `/v1/questions/${question.id}`, change);
    if (answer) this.update({ questions: replaced(this.questions, answer) });
  }

  /** Show the form for a reply to a question. */
  startReply(question) {
    this.update({ replyingTo: question.id });
    document.getElementById(`reply-${question.id}`).focus();
  }

  /** Reply to a question with what the form says. */
  async reply(question, form) {
    const body = { body: form.elements.body.value.trim() };
    if (!body.body) return;
    const path = `/v1/questions/${question.id}/replies`;
    const sent = { body, key: this.#replyCreation.keyFor({ ...body, path }) };
    if (!(await this.writes.send(question.id, "POST", path, sent))) return;
    this.#replyCreation.done();
    this.replyingTo = null;
    this.refresh();
  }

  async #changeEvent(change) {
    const event = await this.#change("event", this.#path, change);
    if (event) this.update({ event });
    return event;
  }

  async #change(subject, path, body) {
    const answer = await this.writes.send(subject, "PATCH", path, { body });
    this.feed.soon(0);
    return answer;
  }

  /** Poll at once: something was just changed. */
  refresh() {
    this.feed.soon(0);
    this.draw();
  }

  #takeState(state) {
    this.event = state.get("event")?.get(this.credential.event_id) ?? this.event;
    this.polls = entries(state, "poll");
    this.questions = entries(state, "question");
    this.announcements = entries(state, "announcement");
    this.reactions = state.get("reactions")?.get(this.credential.event_id)?.counts ?? null;
    this.results = new Map(state.get("poll_results"));
    this.quiz.take(state);
    this.draw();
  }

  async #learnRole() {
    try {
      await send("GET", this.#path, { token: this.credential.token });
      this.update({ managesEvent: true });
    } catch (error) {
      // A moderator is told 403. Of everything else the feed, which is being read too, will tell.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  async #call(method, path, options) {
    try {
      return await send(method, path, { ...options, token: this.credential.token });
    } catch (error) {
      if (error.status === 401) this.close(lostWords(error));
      throw error;
    }
  }
}

const replaced = (things, changed) =>
  things.map((thing) => (thing.id === changed.id ? changed : thing));

function lostWords(error) {
  return error.status === 404
    ? "This event is no longer there."
    : "Your host link is no longer accepted. Ask for a new one.";
}
