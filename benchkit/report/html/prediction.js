// A prediction: the sliders recompute round trips and times from the profile's facts, and rewrite the answers.
// The arithmetic is that of profiles/prediction.py, in the same order; the words come with the page.

// --- arithmetic: a range is [low, high] -------------------------------------------------------------------------------------
const sum = (...ranges) => ranges.reduce((a, b) => [a[0] + b[0], a[1] + b[1]]);
const times = (a, b) => [a[0] * b[0], a[1] * b[1]];
const scaled = (a, factor) => [a[0] * factor, a[1] * factor];
const over = (values) => [Math.min(...values), Math.max(...values)];

const slowStart = (bytes) => (bytes > page.windowBytes ? Math.ceil(Math.log2(bytes / page.windowBytes + 1)) - 1 : 0);

// Connections opened for one message.
function openings(way, use, gap) {
  if (use === "one-off") return [1, 1];
  const kept = over(way.shares);
  if (use === "kept") return kept;
  if (way.idle_s.length === 0) return [kept[0], 1];
  return over(way.idle_s.flatMap((idle) => way.shares.map((share) => (gap >= idle ? 1 : share))));
}

function predicted(way, use, numbers) {
  const messages = way.transport === "api" && use === "kept" ? numbers.batch : 1; // one mail, or a paced one, goes alone
  const opened = openings(way, use, numbers.gap);
  const growth = use === "kept" ? 0 : slowStart(numbers.size);
  const message = sum(way.message, scaled(way.per_recipient, numbers.recipients - 1));
  const turns = sum(times(way.setup, opened), message, [growth, growth]);
  const waited = sum(times(turns, [numbers.rtt, numbers.rtt]), scaled(opened, page.computing.connection_ms), [
    page.computing.message_ms,
    page.computing.message_ms * messages,
  ]);
  const server = messages > 1 ? null : way.server_ms; // published for one mail only
  const share = waited.map((time) => time / messages);
  return { way, use, messages, trips: turns, network: waited, share, server, total: server === null ? null : sum(waited, server) };
}

// The numbers that the provider takes, and a sentence for each that is lower than the slider's.
function withinLimits(profile, asked) {
  const numbers = { ...asked };
  let remarks = "";
  for (const [name, most] of Object.entries(profile.limits)) {
    const key = { messages_per_request: "batch", recipients: "recipients", size_bytes: "size" }[name];
    if (numbers[key] <= most) continue;
    numbers[key] = most;
    remarks += filled(page.sentences[`most_${name}`], { most: grouped(most, 0) });
  }
  return [numbers, remarks];
}

// --- words, as report/content/prediction_sentences.py writes them ------------------------------------------------------------
function number(value) {
  const near = value + value * 1e-12;
  let places = 3;
  while (places && Math.abs(near) >= 10 ** (3 - places)) places -= 1;
  const text = grouped(near, places);
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}
function span([low, high]) {
  const [a, b] = [number(low), number(high)];
  return a === b ? a : `${a} to ${b}`;
}
const trips = (range) => (span(range) === "1" ? page.sentences.one_trip : filled(page.sentences.trips, { n: span(range) }));

function faster(smtp, api, of) {
  if (smtp[1] < api[0]) return [`${of}smtp_faster`, span([api[0] - smtp[1], api[1] - smtp[0]])];
  if (api[1] < smtp[0]) return [`${of}api_faster`, span([smtp[0] - api[1], smtp[1] - api[0]])];
  return [smtp[0] === api[0] && smtp[1] === api[0] && api[1] === api[0] ? `${of}same` : `${of}depends`, ""];
}

function compared(smtp, api) {
  if (!smtp || !api) return [smtp ? "only_smtp" : "only_api", ""];
  if (smtp.total && api.total) return faster(smtp.total, api.total, "");
  if (!api.total) return faster(smtp.network, api.share, "network_");
  const margin = [api.total[0] - smtp.network[1], api.total[1] - smtp.network[0]];
  if (margin[1] <= 0) return ["api_however", ""];
  return margin[0] <= 0 ? ["well_within", number(margin[1])] : ["within", span(margin)];
}

function said(time) {
  const words = { name: page.sentences[time.way.transport], trips: trips(time.trips), network: span(time.network) };
  if (time.messages > 1) {
    return filled(page.sentences.shared, { ...words, n: grouped(time.messages, 0), share: span(time.share) });
  }
  if (time.server === null) return filled(page.sentences.unknown_server, words);
  return filled(page.sentences.known_server, { ...words, server: span(time.server), total: span(time.total) });
}

// --- the page -------------------------------------------------------------------------------------------------------------------
function answer(use, all, numbers) {
  const smtp = all.find((time) => time.use === use && time.way.transport === "smtp");
  const api = all.find((time) => time.use === use && time.way.transport === "api");
  const [key, margin] = compared(smtp, api);
  const reason = [smtp, api].filter(Boolean).map(said).join("; ");
  const messages = api ? api.messages : 1;
  const question = page.sentences[messages > 1 ? "kept_shared" : use];
  const lead = filled(question, { gap: number(numbers.gap), n: grouped(messages, 0) });
  return [`${lead}: ${filled(page.sentences[key], { margin })}`, ` ${reason[0].toUpperCase()}${reason.slice(1)}.`];
}

function show() {
  const profile = page.profiles[at("profile").value];
  const [numbers, remarks] = withinLimits(profile, numbersSet());
  const all = profile.ways.flatMap((way) => page.uses.map((use) => predicted(way, use, numbers)));
  page.uses.forEach((use, index) => {
    const [lead, reason] = answer(use, all, numbers);
    at(index ? `lead-${index}` : "lead").textContent = lead;
    at(index ? `reason-${index}` : "reason").textContent = reason;
  });
  at("setting").textContent = `${profile.title}, at ${settingText()}${remarks}`;
  const longest = Math.max(...all.map((time) => (time.total ?? time.network)[1])) || 1;
  at("predictions").querySelectorAll("tbody tr").forEach((row, index) => {
    const [way, use] = page.rows[index];
    const time = all.find((one) => one.way.kind === way && one.use === use);
    row.hidden = !time;
    if (time) showRow(row, time, numbers, longest);
  });
}

function showRow(row, time, numbers, longest) {
  const together = time.messages > 1 ? `, ${grouped(time.messages, 0)} a request` : "";
  const use = time.use === "paced" ? `every ${number(numbers.gap)} s` : `${time.use}${together}`;
  const how = Object.assign(document.createElement("span"), { className: "second faint", textContent: ` ${time.way.how}` });
  row.cells[0].replaceChildren(Object.assign(document.createElement("span"), { textContent: time.way.kind }), how);
  const unknown = page.unknown;
  const texts = [use, span(time.trips), span(time.network), time.server ? span(time.server) : unknown, time.total ? span(time.total) : unknown];
  texts.forEach((text, column) => {
    const faint = text === unknown ? "faint" : "";
    row.cells[column + 1].replaceChildren(Object.assign(document.createElement("span"), { className: faint, textContent: text }));
  });
  const [low, high] = time.total ?? time.network;
  const [sure, open] = row.querySelectorAll(".bar span");
  sure.style.width = `${Math.max(0.5, (100 * low) / longest)}%`;
  open.style.width = `${(100 * (high - low)) / longest}%`;
  row.dataset.value = JSON.stringify([time.trips, time.network, time.server]);
}

begin(show);
