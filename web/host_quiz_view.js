/** The quizzes as the staff sees them. */

import { h } from "./dom.js";
import { note, optionRow } from "./parts.js";
import { leaderboard, quizHead, revealed } from "./quiz_view.js";
import { counted } from "./words.js";

const SECONDS = [10, 20, 30, 60, 120];
// 1 takes it back.
const FACTORS = [1.25, 1.5, 2, 3, 1];
const MOST_OPTIONS = 10;

/** Describe the form for a new quiz, or what opens it, the quiz under way, and the drafts. */
export function quizDesk(host) {
  const { quiz: desk } = host;
  const isUnderWay = desk.current && desk.current.state !== "finished";
  const drafts = desk.quizzes.filter(({ state }) => state === "draft");
  const mayWrite = host.managesEvent && host.event?.status !== "ended";
  return [
    desk.current && quizCard(host, desk.current),
    drafts.map((quiz) => draftCard(host, quiz, !isUnderWay)),
    mayWrite &&
      (desk.isWriting
        ? newQuiz(desk)
        : h(
            "button",
            { key: "new quiz", type: "button", class: "quiet wide", onclick: () => desk.write(true) },
            "New quiz",
          )),
    mayWrite && desk.quizzes.length > 0 && timeForm(host),
  ];
}

function timeForm(host) {
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    host.quiz.giveTime(submitted.currentTarget);
  };
  return h(
    "details",
    { class: "more-time", key: "more time" },
    h("summary", null, "Give somebody more time"),
    h(
      "form",
      { onsubmit },
      h("label", { for: "time-number" }, "Their number"),
      h("input", { id: "time-number", name: "number", required: true, autocomplete: "off", spellcheck: "false" }),
      h("label", { for: "time-factor" }, "Times the time of others"),
      h(
        "select",
        { id: "time-factor", name: "factor" },
        FACTORS.map((factor) => h("option", { key: factor, value: factor }, factor.toLocaleString())),
      ),
      problem(host, "more time"),
      h("div", { class: "actions" }, h("button", { class: "quiet" }, host.writes.busy.get("more time") ?? "Give it")),
    ),
  );
}

function button(words, style, onclick) {
  return h("button", { key: words, type: "button", class: style, onclick }, words);
}

function draftCard(host, quiz, canStart) {
  const live = host.event?.status === "live";
  return h(
    "article",
    { class: "card quiz", key: quiz.id },
    quizHead(quiz),
    problem(host, quiz.id),
    host.managesEvent &&
      h(
        "div",
        { class: "actions" },
        live && canStart && button("Start the quiz", "primary", () => host.quiz.act(quiz, "start")),
        button("Erase", "link", () => host.quiz.erase(quiz)),
      ),
  );
}

function quizCard(host, quiz) {
  const { question } = quiz;
  return h(
    "article",
    { class: `card quiz is-${quiz.state}`, key: quiz.id },
    quizHead(quiz),
    quiz.state === "question" && asked(question),
    quiz.state === "reveal" && revealed(question),
    question && h("p", { class: "card-foot", key: "foot" }, counted(question.answered, "answer")),
    quiz.state === "question" && moreTime(question),
    leaderboard(quiz.state === "question" ? null : host.quiz.leaderboard),
    problem(host, quiz.id),
    host.managesEvent && h("div", { class: "actions", key: "actions" }, actions(host, quiz)),
  );
}

/** Describe a question without what is right: this page may be on the screen of the hall. */
function asked(question) {
  return [
    h("h3", { class: "prompt", dir: "auto", key: "prompt" }, question.prompt),
    h(
      "ul",
      { class: "options", key: "options" },
      question.options.map((option) => optionRow(option, {})),
    ),
  ];
}

function moreTime({ closes_at, last_closes_at }) {
  if (last_closes_at === closes_at) return null;
  const until = new Date(last_closes_at).toLocaleTimeString();
  return note(`Some people have more time, until ${until}.`);
}

function actions(host, quiz) {
  const act = (action) => () => host.quiz.act(quiz, action);
  const isLast = quiz.question_number === quiz.question_count;
  const finish = button("Finish", "link", () => host.quiz.finishEarly(quiz));
  return {
    lobby: [button("First question", "primary", act("next")), finish],
    question: [button("Reveal", "primary", act("reveal"))],
    reveal: isLast
      ? [button("Finish the quiz", "primary", act("finish"))]
      : [button("Next question", "primary", act("next")), finish],
    finished: [],
  }[quiz.state];
}

function problem(host, subject) {
  const words = host.writes.problems.get(subject);
  return words && h("p", { key: "problem", class: "problem", role: "alert" }, words);
}

function newQuiz(desk) {
  const { draft, host } = desk;
  const busy = host.writes.busy.get("new quiz");
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    desk.create();
  };
  return h(
    "form",
    { class: "card new-quiz", key: "new quiz", onsubmit },
    h("h2", null, "New quiz"),
    h("label", { for: "quiz-title" }, "Title"),
    h("input", {
      id: "quiz-title",
      maxlength: 200,
      required: true,
      dir: "auto",
      value: draft.title,
      oninput: ({ target }) => desk.fill({ title: target.value }),
    }),
    note("Tick the answers that are right."),
    draft.questions.map((question, place) => questionFields(desk, question, place)),
    h("button", { key: "add", type: "button", class: "link", onclick: () => desk.addQuestion() }, "Add a question"),
    problem(host, "new quiz"),
    busy && h("p", { key: "busy", class: "note" }, busy),
    h(
      "div",
      { class: "actions", key: "actions" },
      h("button", { class: "primary" }, "Save the quiz"),
      h("button", { type: "button", class: "link", onclick: () => desk.write(false) }, "Cancel"),
    ),
  );
}

function questionFields(desk, question, place) {
  const number = place + 1;
  const change = (changes) => desk.fillQuestion(place, changes);
  return h(
    "fieldset",
    { class: "quiz-question", key: `question ${place}` },
    h("legend", null, `Question ${number}`),
    h("textarea", {
      "aria-label": `Prompt of question ${number}`,
      rows: 2,
      maxlength: 500,
      required: true,
      dir: "auto",
      value: question.prompt,
      oninput: ({ target }) => change({ prompt: target.value }),
    }),
    question.labels.map((label, option) => optionFields(question, { label, option, number, change })),
    question.labels.length < MOST_OPTIONS &&
      h(
        "button",
        { key: "more", type: "button", class: "link", onclick: () => change({ labels: [...question.labels, ""] }) },
        "Add an answer",
      ),
    h("label", { for: `quiz-seconds-${place}`, key: "label" }, "Seconds to answer"),
    h(
      "select",
      {
        id: `quiz-seconds-${place}`,
        key: "seconds",
        value: `${question.seconds}`,
        onchange: ({ target }) => change({ seconds: Number(target.value) }),
      },
      SECONDS.map((seconds) => h("option", { key: seconds, value: seconds }, seconds)),
    ),
    desk.draft.questions.length > 1 &&
      h(
        "button",
        { key: "remove", type: "button", class: "link", onclick: () => desk.removeQuestion(place) },
        `Remove question ${number}`,
      ),
  );
}

function optionFields(question, { label, option, number, change }) {
  const { labels, right } = question;
  const mark = (isRight) => {
    const marked = new Set(right);
    if (isRight) marked.add(option);
    else marked.delete(option);
    change({ right: marked });
  };
  return h(
    "div",
    { class: "label-row", key: option },
    h("input", {
      type: "checkbox",
      "aria-label": `Answer ${option + 1} of question ${number} is right`,
      checked: right.has(option),
      onchange: ({ target }) => mark(target.checked),
    }),
    h("input", {
      "aria-label": `Answer ${option + 1} of question ${number}`,
      maxlength: 200,
      required: option < 2,
      dir: "auto",
      value: label,
      oninput: ({ target }) =>
        change({ labels: labels.map((old, other) => (other === option ? target.value : old)) }),
    }),
  );
}
