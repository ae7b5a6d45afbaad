/** A participant's seat in a quiz: what is chosen, sent and scored, and the time that is left. */

import { announce } from "./announcer.js";
import { ServiceClock } from "./clock.js";
import { entries } from "./sorting.js";

const TURN_MS = 250;
// In the lobby there is time; a question is shown three seconds before it opens.
const CLOCK_WITHIN_MS = { lobby: 5_000, question: 1_500 };
// A hall must not ask for its scores in the same instant: some 2,000 people do in a second.
const SPREAD_MS = 1_500;
const SPREAD_MS_PER_PLAYER = 0.5;

/** Return the quiz that a page shows: the one under way, else the last one. */
export function currentQuiz(state) {
  const quizzes = entries(state, "quiz").filter(({ state: now }) => now !== "draft");
  const newestFirst = quizzes.sort((a, b) => Date.parse(b.server_time) - Date.parse(a.server_time));
  return newestFirst.find(({ state: now }) => now !== "finished") ?? newestFirst[0] ?? null;
}

/** Return when a question closes for somebody with so many times the time, in ms since the epoch. */
export function closesAt(question, timeFactor = 1) {
  const opens = Date.parse(question.opens_at);
  return opens + (Date.parse(question.closes_at) - opens) * timeFactor;
}

/** Keeps the seat; `readMine()` asks for what is one's own, `draw()` shows the change. */
export class QuizSeat {
  quiz = null;
  leaderboard = null;
  /** The options that are chosen for the question, and the answers that are acknowledged, by question. */
  chosen = new Set();
  answers = new Map();
  mine = null;
  #timer = null;
  #readTimer = null;

  constructor({ eventId, call, writes, readMine, draw }) {
    Object.assign(this, { writes, readMine, draw });
    this.clock = new ServiceClock(eventId, call);
  }

  /** Take in what the feed says. */
  take(state) {
    const before = this.quiz;
    this.quiz = currentQuiz(state);
    this.leaderboard = this.quiz ? (state.get("leaderboard")?.get(this.quiz.id) ?? null) : null;
    if (this.quiz && this.quiz !== before) this.#turned(before);
  }

  /** Take in what is one's own. */
  takeMine(mine) {
    this.mine = mine;
    for (const { quiz_question_id, option_ids } of mine.answers) {
      this.answers.set(quiz_question_id, new Set(option_ids));
    }
  }

  /** Stop the clock. */
  close() {
    clearInterval(this.#timer);
    clearTimeout(this.#readTimer);
  }

  /** Choose an option, or no longer. */
  toggle(optionId, isChosen) {
    if (isChosen) this.chosen.add(optionId);
    else this.chosen.delete(optionId);
    this.draw();
  }

  /** Send what is chosen, for good. */
  async submit() {
    const { question } = this.quiz;
    const option_ids = [...this.chosen];
    if (!option_ids.length || this.phase() !== "open") return;
    const body = { option_ids, ...(this.clock.stamp ? { stamp: this.clock.stamp } : {}) };
    const path = `/v1/quiz-questions/${question.id}/answer`;
    const receipt = await this.writes.send(question.id, "PUT", path, { body });
    if (!receipt) return;
    this.answers.set(question.id, new Set(option_ids));
    announce("quiz", "Your answer is in.");
    this.draw();
  }

  /** Return where the question is in its time: waiting, open, over; and answered before that. */
  phase() {
    const { question } = this.quiz;
    if (this.answers.has(question.id)) return "answered";
    if (this.clock.now() < Date.parse(question.opens_at)) return "waiting";
    return this.clock.now() < this.#closesAt() ? "open" : "over";
  }

  /** Return how many seconds are left until the question opens or closes. */
  secondsLeft() {
    const opens = Date.parse(this.quiz.question.opens_at);
    const until = this.phase() === "waiting" ? opens : this.#closesAt();
    return Math.max(0, Math.ceil((until - this.clock.now()) / 1_000));
  }

  #closesAt() {
    return closesAt(this.quiz.question, this.mine?.time_factor);
  }

  #turned(before) {
    const { question, state } = this.quiz;
    if (question && question.id !== before?.question?.id) {
      this.chosen = new Set();
      announce("quiz", `Question ${this.quiz.question_number}: ${question.prompt}`);
    }
    clearInterval(this.#timer);
    if (state === "question") this.#timer = setInterval(this.#tick, TURN_MS);
    if (state in CLOCK_WITHIN_MS) this.clock.refresh(CLOCK_WITHIN_MS[state]);
    if (state === "reveal" || state === "finished") this.#readSoon();
  }

  #readSoon() {
    clearTimeout(this.#readTimer);
    const spread = SPREAD_MS + SPREAD_MS_PER_PLAYER * (this.leaderboard?.players ?? 0);
    this.#readTimer = setTimeout(() => this.readMine(), Math.random() * spread);
  }

  #shown = "";
  #tick = () => {
    const shown = `${this.phase()} ${this.secondsLeft()}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.draw();
  };
}
