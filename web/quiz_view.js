/** A quiz as its participants see it, and the pieces that the host's view shares. */

import { h } from "./dom.js";
import { bar, note, optionRow } from "./parts.js";
import { counted, percent } from "./words.js";

/** Describe the quiz that is under way, or the last one with its result. */
export function quizCard(audience) {
  const { seat, event } = audience;
  if (!seat.quiz) return null;
  const body = {
    lobby: () => note("Get ready: the first question is about to come."),
    question: () => (event?.status === "live" ? openQuestion(seat) : null),
    reveal: () => [revealedQuestion(seat), standing(seat), leaderboard(seat.leaderboard)],
    finished: () => [standing(seat), leaderboard(seat.leaderboard)],
  }[seat.quiz.state];
  return h(
    "article",
    { class: "card quiz", key: seat.quiz.id },
    quizHead(seat.quiz),
    body?.(),
    seat.quiz.state === "lobby" && moreTime(audience),
  );
}

/** Describe which quiz it is, and how far it has come. */
export function quizHead(quiz) {
  const where = {
    draft: counted(quiz.question_count, "question"),
    lobby: counted(quiz.question_count, "question"),
    question: `Question ${quiz.question_number} of ${quiz.question_count}`,
    reveal: `Question ${quiz.question_number} of ${quiz.question_count}`,
    finished: "The result",
  }[quiz.state];
  return h(
    "p",
    { class: "card-head", key: "head" },
    h("span", { class: "tag is-strong" }, "Quiz"),
    h("span", { class: "byline", dir: "auto" }, `${quiz.title} · ${where}`),
  );
}

function moreTime({ seat, identity }) {
  const factor = seat.mine?.time_factor ?? 1;
  if (factor > 1) return note(`You have ${factor.toLocaleString()} times the time of others.`);
  return h(
    "details",
    { class: "more-time", key: "more time" },
    h("summary", null, "I need more time to answer"),
    note("Send the host this number before the first question, and nobody else:"),
    h("code", { class: "own-number" }, identity.participant_id),
  );
}

function openQuestion(seat) {
  const { question } = seat.quiz;
  const phase = seat.phase();
  const problem = seat.writes.problems.get(question.id);
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    seat.submit();
  };
  return h(
    "form",
    { onsubmit, key: question.id },
    h(
      "fieldset",
      { class: "options" },
      h("legend", { class: "prompt", dir: "auto" }, question.prompt),
      question.options.map((option) => choice(seat, option, phase)),
    ),
    problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
    questionFoot(seat, phase),
  );
}

function choice(seat, option, phase) {
  const mine = seat.answers.get(seat.quiz.question.id) ?? seat.chosen;
  const id = `quiz-${option.id}`;
  return h(
    "div",
    { class: `option can-pick ${mine.has(option.id) ? "is-picked" : ""}`, key: option.id },
    h("input", {
      type: "checkbox",
      id,
      checked: mine.has(option.id),
      disabled: phase !== "open",
      onchange: ({ target }) => seat.toggle(option.id, target.checked),
    }),
    h("label", { for: id, class: "option-label", dir: "auto" }, option.label),
  );
}

function questionFoot(seat, phase) {
  const busy = seat.writes.busy.get(seat.quiz.question.id);
  const words = {
    waiting: () => `Answers in ${seat.secondsLeft()} s`,
    open: () => `${seat.secondsLeft()} s left`,
    answered: () => "Your answer is in. Wait for the reveal.",
    over: () => "The time is over. Wait for the reveal.",
  }[phase]();
  return [
    (phase === "open" || busy) &&
      h(
        "div",
        { class: "actions", key: "actions" },
        h(
          "button",
          { class: "primary", "aria-disabled": seat.chosen.size && !busy ? null : "true" },
          busy ?? "Answer",
        ),
      ),
    h("p", { class: "card-foot countdown", key: "foot", role: "timer", "aria-live": "off" }, words),
    phase === "open" && seat.mine?.time_factor > 1 && note("You have more time than others."),
  ];
}

/** Describe a question with what is right, and how often each option was chosen. */
export function revealed(question, mine = new Set()) {
  const right = new Set(question.correct_option_ids);
  return [
    h("h3", { class: "prompt", dir: "auto", key: "prompt" }, question.prompt),
    h(
      "ul",
      { class: "options", key: "options" },
      question.options.map((option) => {
        const { answers } = question.tallies.find((tally) => tally.option_id === option.id);
        const share = percent(answers, question.answered);
        const tag = [right.has(option.id) && "right", mine.has(option.id) && "your answer"];
        const marked = { isMine: right.has(option.id) || mine.has(option.id), tag: tag.filter(Boolean).join(", ") };
        return optionRow(option, marked, bar(share / 100, `${share} %`, counted(answers, "answer")));
      }),
    ),
  ];
}

function revealedQuestion(seat) {
  const { question } = seat.quiz;
  return revealed(question, seat.answers.get(question.id));
}

function standing(seat) {
  const { mine, quiz, leaderboard: board } = seat;
  if (mine?.quiz_id !== quiz.id || mine.rank === null) return null;
  const parts = [
    `Place ${mine.rank} of ${board?.players ?? mine.rank}`,
    counted(mine.score, "point"),
    quiz.state === "reveal" && `+${mine.last_points.toLocaleString()}`,
    mine.streak > 1 && `${mine.streak} in a row`,
  ];
  return h("p", { class: "standing", key: "standing" }, parts.filter(Boolean).join(" · "));
}

/** Describe who stands highest; `null` before the first reveal. */
export function leaderboard(board) {
  if (!board?.entries.length) return null;
  return h(
    "ol",
    { class: "leaderboard", key: "leaderboard", "aria-label": "Leaderboard" },
    board.entries.map((entry, place) =>
      h(
        "li",
        { key: place },
        h("span", { class: "rank" }, `${entry.rank}.`),
        h("bdi", { class: "player" }, entry.display_name ?? "Anonymous"),
        h("span", { class: "points" }, entry.score.toLocaleString()),
      ),
    ),
  );
}
