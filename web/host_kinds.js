/** The kinds of poll as a host makes them: what the form for a new poll asks of each. */

import { h } from "./dom.js";

const MOST_OPTIONS = 50;
const STEPS = [2, 3, 4, 5, 6, 7, 8, 9, 10];
const MOST_WORDS = [1, 2, 3];

/** What a form for a new poll holds before anybody wrote in it. */
export const BLANK_POLL = {
  kind: "single_choice",
  prompt: "",
  visibility: "live",
  labels: ["", ""],
  max: "",
  steps: 5,
  minLabel: "",
  maxLabel: "",
  mostWords: 3,
};

/** By kind: its name, the fields that it asks for, and what they say as the request's fields. */
export const NEW_KINDS = {
  single_choice: {
    name: "One answer",
    fields: (form) => labelFields(form),
    body: ({ labels }) => ({ options: options(labels) }),
  },
  multiple_choice: {
    name: "Several answers",
    fields: (form) => [labelFields(form), maxField(form)],
    body: ({ labels, max }) => ({
      options: options(labels),
      ...(max === "" ? {} : { max_choices: Number(max) }),
    }),
  },
  rating: {
    name: "Rating",
    fields: (form) => scaleFields(form),
    body: ({ steps, minLabel, maxLabel }) => ({
      scale: { steps, min_label: minLabel.trim() || null, max_label: maxLabel.trim() || null },
    }),
  },
  ranking: {
    name: "Ranking",
    fields: (form) => labelFields(form),
    body: ({ labels }) => ({ options: options(labels) }),
  },
  word_cloud: {
    name: "Word cloud",
    fields: ({ poll, change }) =>
      numberSelect("new-words", "Words that one person may give", MOST_WORDS, poll.mostWords, (mostWords) =>
        change({ mostWords }),
      ),
    body: ({ mostWords }) => ({ max_choices: mostWords }),
  },
  open_text: { name: "Open answers", fields: () => null, body: () => ({}) },
};

const options = (labels) =>
  labels
    .map((label) => label.trim())
    .filter(Boolean)
    .map((label) => ({ label }));

function labelFields({ poll, change }) {
  const { labels } = poll;
  return h(
    "fieldset",
    { class: "labels", key: "labels" },
    h("legend", null, "Answers"),
    labels.map((label, place) =>
      h(
        "div",
        { class: "label-row", key: place },
        h("input", {
          "aria-label": `Answer ${place + 1}`,
          maxlength: 200,
          required: place < 2,
          dir: "auto",
          value: label,
          oninput: ({ target }) => change({ labels: replaced(labels, place, target.value) }),
        }),
        labels.length > 2 &&
          h(
            "button",
            {
              type: "button",
              class: "link",
              "aria-label": `Remove answer ${place + 1}`,
              onclick: () => change({ labels: labels.filter((_, other) => other !== place) }),
            },
            "Remove",
          ),
      ),
    ),
    labels.length < MOST_OPTIONS &&
      h(
        "button",
        { key: "add", type: "button", class: "link", onclick: () => change({ labels: [...labels, ""] }) },
        "Add an answer",
      ),
  );
}

const replaced = (labels, place, label) => labels.map((old, other) => (other === place ? label : old));

const optional = (words) => h("span", { class: "optional" }, words);

function maxField({ poll, change }) {
  return h(
    "div",
    { key: "max" },
    h("label", { for: "new-max" }, "Most answers one person may choose ", optional("empty: all")),
    h("input", {
      id: "new-max",
      type: "number",
      min: 1,
      max: poll.labels.length,
      inputmode: "numeric",
      value: poll.max,
      oninput: ({ target }) => change({ max: target.value }),
    }),
  );
}

function scaleFields({ poll, change }) {
  const end = (name, step) =>
    h(
      "div",
      { key: name },
      h("label", { for: `new-${name}` }, `What ${step} means `, optional("optional")),
      h("input", {
        id: `new-${name}`,
        maxlength: 200,
        dir: "auto",
        value: poll[name],
        oninput: ({ target }) => change({ [name]: target.value }),
      }),
    );
  return [
    numberSelect("new-steps", "Steps", STEPS, poll.steps, (steps) => change({ steps })),
    end("minLabel", 1),
    end("maxLabel", poll.steps),
  ];
}

function numberSelect(id, words, numbers, chosen, onchange) {
  return h(
    "div",
    { key: id },
    h("label", { for: id }, words),
    h(
      "select",
      { id, value: `${chosen}`, onchange: ({ target }) => onchange(Number(target.value)) },
      numbers.map((number) => h("option", { key: number, value: number }, number)),
    ),
  );
}
