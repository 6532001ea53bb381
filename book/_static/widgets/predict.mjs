// The box that asks before the figure shows.
import { button, h, uniqueId } from "./dom.mjs";

/**
 * Make a predict box. `judge(answer)` returns { right, text }. With `choices` ([value, text] pairs) the reader presses
 * one of them; without, the reader types a number. `onReveal`, if given, adds a button that shows without an answer.
 */
export function predict({ judge, choices, onReveal }) {
  const question = h("p", { id: uniqueId("question") });
  const verdict = h("p", { class: "cnn-verdict", role: "status", tabindex: -1 });
  const answer = (value) => {
    const hadFocus = form.contains(document.activeElement);
    const { right, text } = judge(value);
    verdict.dataset.right = right;
    verdict.textContent = `${right ? "✓ Right." : "✗ Not quite."} ${text}`;
    element.hidden = false;
    if (hadFocus && form.hidden) verdict.focus(); // what the reader pressed is gone
  };
  const row = h("div", { class: "cnn-row" });
  let input;
  if (choices) {
    row.setAttribute("role", "group");
    row.setAttribute("aria-labelledby", question.id);
    row.append(...choices.map(([value, text]) => button(text, () => answer(value))));
  } else {
    input = h("input", { type: "text", inputmode: "text", autocomplete: "off", "aria-labelledby": question.id });
    const check = () => {
      const typed = input.value.trim().replaceAll(/[,\s]/g, "").replace("\u2212", "-");
      if (typed !== "" && Number.isFinite(Number(typed))) return answer(Number(typed));
      verdict.dataset.right = false;
      verdict.textContent = "Type a number, such as 12 or -3.";
    };
    input.addEventListener("keydown", (event) => event.key === "Enter" && check());
    row.append(input, button("Check", check));
  }
  if (onReveal) row.append(button("Show me", onReveal));
  const form = h("div", { class: "cnn-ask" }, question, row);
  const element = h("div", { class: "cnn-predict" }, form, verdict);
  return {
    element,
    /** Ask anew, or nothing where `text` is null. What was said about the last answer no longer holds. */
    ask(text) {
      form.hidden = text == null;
      if (input && question.textContent !== text) input.value = "";
      question.textContent = text ?? "";
      verdict.textContent = "";
      element.hidden = form.hidden;
    },
    focus: () => row.querySelector("input, button").focus(),
  };
}
