/** The questions as a participant sees them. */

import { h } from "./dom.js";
import { emptiness, marks, note, questionText } from "./parts.js";
import { byStatus, mostWantedFirst, oldestFirst } from "./sorting.js";
import { counted } from "./words.js";

/** Describe the form to ask, and the questions: one's own that are kept back, open ones, answered ones. */
export function questionList(audience) {
  const { published, answered } = byStatus(audience.questions);
  const known = new Set(audience.questions.map(({ id }) => id));
  const kept = oldestFirst(audience.myQuestions).filter(({ id }) => !known.has(id));
  const { pending, dismissed } = byStatus(kept);
  const live = audience.event?.status === "live";
  const mine = new Set(audience.myQuestions.map(({ id }) => id));
  const show = (question) => questionCard(audience, question, { mine, live });
  return [
    live && askForm(audience),
    pending.map((question) => keptQuestion(question, "Waiting for the moderator")),
    dismissed.map((question) => keptQuestion(question, "Not taken up by the moderator")),
    mostWantedFirst(published).map(show),
    !published.length &&
      audience.loaded &&
      h("div", { key: "none" }, emptiness("No open question", "Ask the first one.")),
    answered.length > 0 && h("h2", { key: "answered", class: "divider" }, "Answered"),
    mostWantedFirst(answered).map(show),
  ];
}

function askForm(audience) {
  const { settings } = audience.event;
  const named = audience.identity.display_name !== null;
  const busy = audience.writes.busy.get("ask");
  const problem = audience.writes.problems.get("ask");
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    audience.ask(submitted.currentTarget);
  };
  return h(
    "form",
    { class: "card ask", key: "ask", onsubmit },
    h("label", { for: "ask-body" }, "Ask a question"),
    h("textarea", { id: "ask-body", name: "body", rows: 2, maxlength: 1000, required: true, dir: "auto" }),
    settings.question_moderation && note("A moderator reads questions first."),
    problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "primary", "aria-disabled": busy ? "true" : null }, busy ?? "Send"),
      settings.allow_anonymous_questions &&
        named &&
        h("label", { class: "check" }, h("input", { type: "checkbox", name: "anonymous" }), "Without my name"),
    ),
  );
}

function keptQuestion(question, words) {
  return h(
    "article",
    { class: "card question is-kept", key: question.id },
    h("p", { class: "question-body", dir: "auto" }, question.body),
    h("p", { class: "byline" }, h("span", { class: "tag" }, words)),
  );
}

function questionCard(audience, question, { mine, live }) {
  const upvoted = audience.upvotes.has(question.id);
  const problem = audience.writes.problems.get(question.id);
  return h(
    "article",
    { class: `card question ${question.highlighted ? "is-highlighted" : ""}`, key: question.id },
    h(
      "button",
      {
        type: "button",
        class: "upvote",
        "aria-pressed": String(upvoted),
        "aria-label": `Upvote, ${counted(question.upvotes, "upvote")} so far`,
        disabled: !live || question.status === "answered",
        onclick: () => audience.toggleUpvote(question),
      },
      h("span", { class: "arrow", "aria-hidden": "true" }),
      h("span", { class: "number" }, question.upvotes),
    ),
    h(
      "div",
      { class: "question-main" },
      h("p", { class: "tags" }, marks(question), mine.has(question.id) && h("span", { class: "tag" }, "Yours")),
      questionText(question),
      problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
    ),
  );
}
