/** What a host does with quizzes: writes one, and leads it from question to question. */

import { confirmed, toast } from "./parts.js";
import { currentQuiz } from "./quiz_seat.js";
import { entries } from "./sorting.js";
import { Creation } from "./writes.js";

/** So that everyone has polled before answers count. */
const OPENS_IN_MS = 3_000;

const BLANK_QUESTION = { prompt: "", labels: ["", "", "", ""], right: new Set([0]), seconds: 20 };
const BLANK_QUIZ = { title: "", questions: [BLANK_QUESTION] };

/** Keeps the desk; `host` is who sits at it. */
export class QuizDesk {
  isWriting = false;
  draft = BLANK_QUIZ;
  quizzes = [];
  current = null;
  leaderboard = null;
  #creation = new Creation();

  constructor(host) {
    this.host = host;
  }

  /** Take in what the staff's feed says. */
  take(state) {
    this.quizzes = entries(state, "quiz");
    this.current = currentQuiz(state);
    this.leaderboard = this.current ? state.get("leaderboard")?.get(this.current.id) : null;
  }

  /** Show the form, or no longer. */
  write(isWriting) {
    this.isWriting = isWriting;
    this.host.draw();
  }

  /** Change what the form holds. */
  fill(changes) {
    this.draft = { ...this.draft, ...changes };
    this.host.draw();
  }

  /** Change what the form holds of a question. */
  fillQuestion(place, changes) {
    const questions = this.draft.questions.map((question, other) =>
      other === place ? { ...question, ...changes } : question,
    );
    this.fill({ questions });
  }

  /** Add a question to the form. */
  addQuestion() {
    this.fill({ questions: [...this.draft.questions, BLANK_QUESTION] });
  }

  /** Take a question out of the form. */
  removeQuestion(place) {
    this.fill({ questions: this.draft.questions.filter((_, other) => other !== place) });
  }

  /** Make the quiz that is being written. */
  async create() {
    const { title, questions } = this.draft;
    const body = { title: title.trim(), questions: questions.map(asAsked) };
    const path = `/v1/events/${this.host.credential.event_id}/quizzes`;
    const key = this.#creation.keyFor(body);
    if (!(await this.host.writes.send("new quiz", "POST", path, { body, key }))) return;
    this.#creation.done();
    this.isWriting = false;
    this.draft = BLANK_QUIZ;
    toast("Saved as a draft.");
    this.host.refresh();
  }

  /** Go on with a quiz. */
  async act(quiz, action) {
    const body = action === "next" ? { action, opens_in_ms: OPENS_IN_MS } : { action };
    await this.host.writes.send(quiz.id, "PATCH", `/v1/quizzes/${quiz.id}`, { body });
    this.host.refresh();
  }

  /** Erase a quiz that nobody has seen. */
  async erase(quiz) {
    await this.host.writes.send(quiz.id, "DELETE", `/v1/quizzes/${quiz.id}`);
    this.host.refresh();
  }

  /** Give the person of this number so many times the time; for all quizzes of the event. */
  async giveTime(form) {
    const number = form.elements.number.value.trim();
    const body = { time_factor: Number(form.elements.factor.value) };
    const path = `/v1/events/${this.host.credential.event_id}/accommodations/${encodeURIComponent(number)}`;
    if (!(await this.host.writes.send("more time", "PUT", path, { body }))) return;
    form.reset();
    toast(`They have ${body.time_factor.toLocaleString()} times the time.`);
    this.host.refresh();
  }

  /** End a quiz before its last question, if the person means it. */
  async finishEarly(quiz) {
    const sure = await confirmed({
      title: "Finish this quiz?",
      text: "The questions that are left are not asked. What was answered is scored.",
      action: "Finish",
    });
    if (sure) await this.act(quiz, "finish");
  }
}

function asAsked({ prompt, labels, right, seconds }) {
  const options = labels
    .map((label, place) => ({ label: label.trim(), correct: right.has(place) }))
    .filter(({ label }) => label);
  return { prompt: prompt.trim(), options, time_limit_s: seconds };
}
