// Sets formulas: each line of the input is {"tex", "display"} in JSON, each line of the output is
// {"html"} or {"error"}. One process serves a whole build; it ends when its input does.
import { createInterface } from "node:readline";
import katex from "katex";

for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = {
      html: katex.renderToString(tex, { displayMode: display, output: "htmlAndMathml", strict: "error" }),
    };
  } catch (error) {
    answer = { error: error.message.replace(/^KaTeX parse error: /, "") };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
