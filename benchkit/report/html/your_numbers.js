// Your numbers: the sliders recompute both sides' times from the fitted lines, and rewrite the verdict.
// The arithmetic is that of model/prediction.py and stats/prediction.py, in the same order; the words come with the page.

// --- arithmetic -------------------------------------------------------------------------------------------------------------
function combined(firstWeight, first, secondWeight, second) {
  const sum = (one, other) =>
    one === null || other === null ? null : firstWeight * firstWeight * one + secondWeight * secondWeight * other;
  return {
    intercept_ms: firstWeight * first.intercept_ms + secondWeight * second.intercept_ms,
    slope: firstWeight * first.slope + secondWeight * second.slope,
    var_intercept: sum(first.var_intercept, second.var_intercept),
    covariance: sum(first.covariance, second.covariance),
    var_slope: sum(first.var_slope, second.var_slope),
    critical: Math.max(first.critical, second.critical),
  };
}

const plus = (line, interceptMs, slope) => ({
  ...line,
  intercept_ms: line.intercept_ms + interceptMs,
  slope: line.slope + slope,
});

function opened(way, openings) {
  if (openings === way.openings) return way.line;
  if (way.other !== null) {
    const weight = (way.other_openings - openings) / (way.other_openings - way.openings);
    return combined(weight, way.line, 1 - weight, way.other);
  }
  if (way.setup_ms === null || way.setup_turns === null) return null;
  const more = openings - way.openings;
  return plus(way.line, more * way.setup_ms, more * way.setup_turns);
}

function lineFor(way, numbers) {
  const line = opened(way, 1 / numbers.messages);
  if (line === null) return null;
  const batch = way.transport === "api" ? numbers.batch : way.messages_per_request;
  const turns = way.turns_per_recipient * (numbers.recipients - way.recipients);
  return plus(line, 0, turns + way.request_turns * (1 / batch - 1 / way.messages_per_request));
}

function timeAt(line, rtt) {
  const value = line.intercept_ms + line.slope * rtt;
  if (line.var_intercept === null || line.covariance === null || line.var_slope === null) return { value, low: null, high: null };
  const variance = line.var_intercept + 2 * rtt * line.covariance + rtt * rtt * line.var_slope;
  const half = line.critical * Math.sqrt(Math.max(0, variance));
  return { value, low: value - half, high: value + half };
}

// Of one arm: a time is never below 0, though near RTT 0 a fitted line or its interval may be.
function positive({ value, low, high }) {
  const bounded = (end) => (end === null ? null : Math.max(0, end));
  return { value: bounded(value), low: bounded(low), high: bounded(high) };
}

function verdict(arm, baseline, rtt) {
  const [low, high] = page.rope;
  const above = timeAt(combined(1, arm, -high, baseline), rtt);
  const below = timeAt(combined(1, arm, -low, baseline), rtt);
  if (above.low === null || below.low === null) return "UNDECIDED";
  if (above.low > 0) return "SLOWER";
  if (below.high < 0) return "FASTER";
  return above.high <= 0 && below.low >= 0 ? "EQUIVALENT" : "UNDECIDED";
}

// Where two lines cross, with Fieller's interval.
function crossing(arm, baseline) {
  const line = combined(1, arm, -1, baseline);
  if (line.var_intercept === null || line.slope === 0) return { found: "not identified" };
  const t2 = line.critical ** 2;
  const a = line.slope ** 2 - t2 * line.var_slope;
  if (a <= 0) return { found: "not identified" };
  const b = line.intercept_ms * line.slope - t2 * line.covariance;
  const c = line.intercept_ms ** 2 - t2 * line.var_intercept;
  const half = Math.sqrt(Math.max(0, b * b - a * c));
  const root = -line.intercept_ms / line.slope;
  const high = (-b + half) / a;
  if (high <= 0) return { found: "never" };
  return root > 0 ? { found: "at", value: root, low: Math.max(0, (-b - half) / a), high } : { found: "not identified" };
}

// --- numbers as text, as report/numbers.py writes them --------------------------------------------------------------------------
const decimals = (value, digits) =>
  value === 0 ? 0 : Math.min(3, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value)))));
const decimal = (value) => grouped(value, decimals(value, 3));
function withInterval({ value, low, high }) {
  if (low === null) return [decimal(value), ""];
  const ofWidth = high > low ? decimals((high - low) / 3, 1) : decimals(value, 3);
  const places = Math.max(ofWidth, decimals(value, 2), decimals(low, 1), decimals(high, 1));
  return [grouped(value, places), `[${grouped(low, places)}, ${grouped(high, places)}]`];
}

// --- the page -------------------------------------------------------------------------------------------------------------------
// A way of sending with its model on the chosen link, if that was measured.
const onLink = (way) => ({ ...way, ...way.models[at("link").value] });

function answerParts(numbers) {
  const [smtp, api] = [0, 1].map((side) => onLink(page.ways[at(`side-${side}`).value]));
  const missing = [smtp, api].find((way) => way.line === undefined);
  if (missing) return ["NOT_MEASURED", "none", { missing: missing.label }];
  const [a, b] = [lineFor(smtp, numbers), lineFor(api, numbers)];
  const words = { smtp: smtp.label, api: api.label, rtt: numbers.rtt, seen: smtp.seenText, rope: page.ropeText };
  if (a === null || b === null) return ["NOT_KNOWN", "none", words];
  const times = [a, b].map((line) => positive(timeAt(line, numbers.rtt)));
  [words.a, words.b] = times.map((time) => withInterval(time).filter(Boolean).join(" "));
  if (numbers.rtt < smtp.seen[0] || numbers.rtt > smtp.seen[1]) return ["UNSEEN", "none", words];
  if (smtp.seen[1] === 0) return ["MACHINE", "none", words];
  words.ratio = times[1].value > 0 ? decimal(times[0].value / times[1].value) : "–";
  const level = crossing(a, b);
  const [steep, flat] = a.slope > b.slope ? [smtp, api] : [api, smtp];
  if (level.found === "at") {
    words.at = decimal(level.value);
    words.interval = ` [${decimal(level.low)}, ${decimal(level.high)}]`;
    words.high = decimal(level.high);
    [words.below, words.above] = [steep.label, flat.label];
  } else {
    words.below = a.intercept_ms < b.intercept_ms ? smtp.label : api.label;
  }
  return [verdict(a, b, numbers.rtt), levelSentence(smtp, level), words];
}

// With one RTT the slopes were not measured, and nothing is said of other RTTs.
function levelSentence(smtp, level) {
  if (smtp.basis === "round trips") return "none";
  if (level.found !== "at") return level.found;
  if (level.low === 0 && level.high <= smtp.highest_rtt_ms) return "below";
  return level.value <= smtp.highest_rtt_ms ? "at" : "beyond";
}

function show() {
  const numbers = numbersSet();
  const [kind, level, words] = answerParts(numbers);
  const [lead, said] = page.sentences[kind];
  at("lead").textContent = filled(lead, words);
  at("reason").textContent = " " + [said, page.sentences[level][1]].filter(Boolean).map((text) => filled(text, words)).join(" ");
  at("verdict").dataset.kind = kind;
  at("setting").textContent =
    (page.links.length > 1 ? `On a link with ${page.links[at("link").value]}, at ` : "At ") + settingText();
  const lines = page.ways.map(onLink).map((way) => (way.line === undefined ? null : lineFor(way, numbers)));
  const times = lines.map((line) => (line === null ? null : positive(timeAt(line, numbers.rtt))));
  const longest = Math.max(...times.map((time) => (time === null ? 0 : time.value))) || 1;
  at("predictions").querySelectorAll("tbody tr").forEach((row, index) => {
    const time = times[index];
    const [value, interval] = time === null ? ["not known", ""] : withInterval(time);
    row.dataset.value = time === null ? "" : String(time.value);
    row.querySelector(".bar span").style.width = time === null ? "0" : `${Math.max(0.5, (100 * time.value) / longest)}%`;
    row.cells[1].replaceChildren(value, Object.assign(document.createElement("span"), { className: "second faint", textContent: ` ${interval}` }));
  });
}

begin(show);
