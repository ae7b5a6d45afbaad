/** What goes wrong, in the words of the person who is looking at it. */

const BY_CODE = {
  too_late: "The time for this question is over.",
  too_early: "Wait a moment: this question is not open yet.",
  already_answered: "You have answered this question already. Your first answer counts.",
  poll_closed: "This poll has closed. What you had voted before still counts.",
  event_not_live: "The event is not open right now.",
  banned: "You have been removed from this event by its host.",
  rate_limited: "That was a little too fast. Wait a moment, then try again.",
  text_changed: "That answer has been changed meanwhile. Here is the new one.",
  results_hidden: "The results of this poll are not shown.",
  not_found: "That is no longer there.",
  forbidden: "Your link does not allow that.",
  not_authenticated: "Your link is no longer accepted.",
  invalid_transition: "That is not possible any more: somebody else may have changed it.",
  body_too_large: "That text is too long.",
  unavailable: "The service is very busy. Nothing is lost: try again in a moment.",
};

/** Return what to tell a person about an error of `api.js`. */
export function inWords(error) {
  if (error.code === "network") {
    return navigator.onLine
      ? "The service cannot be reached. Check your connection."
      : "You are offline. Check your connection.";
  }
  if (error.status === 422) return invalid(error);
  if (error.code in BY_CODE) return BY_CODE[error.code];
  return error.status >= 500 ? BY_CODE.unavailable : error.detail || "That did not work.";
}

function invalid(error) {
  const first = error.errors[0];
  if (!first) return error.detail || "Something in the form is not right.";
  const message = first.message.replace(/^value error, /iu, "");
  return `Please check what you wrote: ${message}.`;
}

/** Return "1 vote", "2 votes", with the number as this place writes it. */
export function counted(number, singular, plural = `${singular}s`) {
  return `${number.toLocaleString()} ${number === 1 ? singular : plural}`;
}

/** Return a share of a whole as a rounded percentage, 0 of nothing. */
export function percent(part, whole) {
  return whole > 0 ? Math.round((100 * part) / whole) : 0;
}

/** Return a typed join code as the service writes it. */
export function tidyCode(typed) {
  return typed.toUpperCase().replace(/[^0-9A-Z]/gu, "");
}
