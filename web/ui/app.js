// The page: choose a language, write a program, run it, read what happened.
//
// What a program wrote is only ever put on the page as text (textContent).

const $ = (id) => document.getElementById(id);

// How a program ended, in words. The class gives the colour.
const ENDINGS = {
  ok: ['good', () => 'Finished.'],
  error: ['warn', (r) => `The program ended with an error (exit code ${r.exit_code}).`],
  signal: ['warn', (r) => `The program was ended by the system (${r.signal}).`],
  timeout: ['warn', () => 'Stopped: the program took too long.'],
  cpu_timeout: ['warn', () => 'Stopped: the program used too much computing time.'],
  out_of_memory: ['warn', () => 'Stopped: the program needed too much memory.'],
  output_limit: ['warn', () => 'Stopped: the program wrote too much.'],
  compile_error: ['warn', () => 'The program could not be compiled.'],
};

// What to do when the service itself says no.
const ADVICE = {
  busy: 'All places are taken. Try again in a moment.',
  too_many_runs: 'Wait until one of your programs has ended, then try again.',
  engine_unavailable: 'The container engine does not answer. Is Docker running?',
  container_lost: 'The room the program ran in went away. Run it again.',
  worker_lost: 'That part of the service was started anew. Run it again.',
  runner_failed: 'The program could not be started. Run it again; the log says more.',
  stopping: 'The service is shutting down. Try again when it is back.',
  internal: 'This is a fault of the service. Its log says more.',
  code_too_large: 'Make the program shorter.',
  body_too_large: 'Make the program or its input shorter.',
  host_not_allowed: 'Open the page as http://127.0.0.1 or http://localhost.',
};

const STAGES = [
  ['queue', 'Waiting in line'],
  ['lease', 'Finding a free room'],
  ['thaw', 'Waking it up'],
  ['run', 'Running the program'],
  ['total', 'Together'],
];

const state = {
  languages: [],
  examples: [],
  running: null, // AbortController of the run in flight
};

// ---- what survives a reload ---------------------------------------------

// A browser may refuse storage; the page works without.
function load(key) {
  try {
    return localStorage.getItem(`sce.${key}`);
  } catch {
    return null;
  }
}

function save(key, value) {
  try {
    localStorage.setItem(`sce.${key}`, value);
  } catch { /* nothing is kept then */ }
}

// ---- choosing -----------------------------------------------------------

function language(name) {
  return state.languages.find((l) => l.name === name);
}

function option(value, text) {
  const element = document.createElement('option');
  element.value = value;
  element.textContent = text;
  return element;
}

function group(label, options) {
  const element = document.createElement('optgroup');
  element.label = label;
  element.append(...options);
  return element;
}

function showLanguages() {
  const select = $('language');
  select.replaceChildren(...state.languages.map((l) =>
    option(l.name, `${l.title} ${l.version}`)));
  const standard = state.languages.find((l) => l.default) ?? state.languages[0];
  const last = language(load('language')) ?? standard;
  if (last) {
    select.value = last.name;
    showProgram(last);
  }
}

function showExamples() {
  const first = state.languages.map((l) =>
    option(`language:${l.name}`, `A first program in ${l.title}`));
  const walls = state.examples.map((e) => option(`wall:${e.name}`, e.title));
  const parts = [option('', 'Choose one …')];
  if (first.length) parts.push(group('To begin with', first));
  if (walls.length) parts.push(group('Try to break out', walls));
  $('example').replaceChildren(...parts);
}

// Where there is no inner wall, and why.
function showWall(l) {
  const missing = l.walled === false;
  $('wall').textContent = missing
    ? 'Every container is used once here, because no inner wall can be built in it: '
      + `${l.wall_problem ?? 'no reason is known'}.`
    : '';
  $('wall').hidden = !missing;
}

function showProgram(l) {
  showWall(l);
  $('code').value = load(`code.${l.name}`) ?? l.example;
  $('what').hidden = true;
}

// Typed over what is there, so that Ctrl+Z brings it back.
function replaceCode(text) {
  const code = $('code');
  code.focus();
  code.select();
  if (!document.execCommand('insertText', false, text)) code.value = text;
  code.setSelectionRange(0, 0);
  code.scrollTop = 0;
  save(`code.${$('language').value}`, text);
}

function chooseExample(value) {
  const [kind, name] = value.split(/:(.*)/s);
  const example = kind === 'wall'
    ? state.examples.find((e) => e.name === name)
    : language(name) && { language: name, code: language(name).example, what: '' };
  if (!example) return;
  $('language').value = example.language;
  save('language', example.language);
  showWall(language(example.language));
  replaceCode(example.code);
  $('what').textContent = example.what;
  $('what').hidden = !example.what;
}

// ---- the result ---------------------------------------------------------

function showStatus(kind, headline, advice = '') {
  $('status').className = `status ${kind}`;
  $('headline').textContent = headline;
  $('advice').textContent = advice;
}

function showStream(name, text) {
  $(name).textContent = text;
  $(`${name}-block`).hidden = text === '';
}

// Bytes that are no text come as base64; what can be read of them is shown.
function streamText(result, name) {
  if (result.encoding?.[name] !== 'base64') return result[name];
  const bytes = Uint8Array.from(atob(result[name]), (c) => c.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

function ms(value) {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;
}

function pair(name, value, className = '') {
  const box = document.createElement('div');
  const dt = document.createElement('dt');
  const dd = document.createElement('dd');
  dt.textContent = name;
  dt.className = className;
  dd.textContent = value;
  box.append(dt, dd);
  return box;
}

function showFacts(result) {
  const { usage, timing } = result;
  $('usage').replaceChildren(
    pair('Exit code', result.exit_code ?? `none (${result.signal ?? 'stopped'})`),
    pair('Computing time', ms(usage.cpu_ms)),
    pair('Memory', `${(usage.memory_kb / 1024).toFixed(1)} MB`),
    pair('Container', result.recycled ? 'used before' : 'new'),
  );
  const parts = STAGES.filter(([key]) => key in timing);
  $('timing').replaceChildren(...parts.map(([key, words]) =>
    pair(words, ms(timing[key]), `of-${key}`)));
  $('bar').replaceChildren(...parts.filter(([key]) => key !== 'total')
    .map(([key]) => {
      const piece = document.createElement('span');
      piece.className = key;
      piece.style.flexGrow = timing[key];
      return piece;
    }));
  $('facts').hidden = false;
}

function clearResult() {
  showStream('stdout', '');
  showStream('stderr', '');
  $('facts').hidden = true;
}

function showResult(result) {
  const [kind, words] = ENDINGS[result.status] ?? ['warn', (r) => `Ended: ${r.status}.`];
  const stdout = streamText(result, 'stdout');
  const stderr = streamText(result, 'stderr');
  const notes = [];
  // The headline says the exit code already.
  if (result.message && result.status !== 'error') notes.push(result.message);
  if (result.truncated) notes.push('The output was cut; what came before is below.');
  if (!stdout && !stderr) notes.push('The program wrote nothing.');
  showStatus(kind, words(result), notes.join('\n'));
  showStream('stdout', stdout);
  showStream('stderr', stderr);
  showFacts(result);
}

function showRefusal(status, error) {
  const message = error?.message || `The service answered with HTTP ${status}.`;
  const advice = ADVICE[error?.code] ?? '';
  // A field's name stays as it is written.
  const first = error?.code === 'invalid_field' ? message[0] : message[0].toUpperCase();
  const sentence = `${first}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
  const ran = error?.code === 'container_lost' || error?.code === 'worker_lost';
  const headline = ran
    ? 'The program was started, and its answer is lost.'
    : 'The program was not run.';
  showStatus('bad', headline, `${sentence}\n${advice}`.trim());
}

// ---- running ------------------------------------------------------------

function setRunning(controller) {
  state.running = controller;
  $('run').disabled = controller !== null;
  $('stop').disabled = controller === null;
  $('result').setAttribute('aria-busy', String(controller !== null));
}

async function post(body, signal) {
  const response = await fetch('/run', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) showResult(answer);
  else showRefusal(response.status, answer.error);
}

async function run() {
  if (state.running) return;
  const controller = new AbortController();
  const body = { language: $('language').value, code: $('code').value };
  if ($('stdin').value) body.stdin = $('stdin').value;
  setRunning(controller);
  clearResult();
  showStatus('idle', 'Running …');
  // On a phone the result is below the program, out of sight.
  if ($('result').getBoundingClientRect().top > innerHeight - 100) {
    $('result').scrollIntoView();
  }
  try {
    await post(body, controller.signal);
  } catch (error) {
    if (error.name === 'AbortError') {
      showStatus('warn', 'Stopped by you.', 'The program was ended; what it wrote is lost.');
    } else {
      showStatus('bad', 'The service cannot be reached.',
        'Is it still running? Start it again, then press Run.');
    }
  } finally {
    setRunning(null);
  }
}

// ---- the editor ---------------------------------------------------------

let tabLeaves = false; // Escape was pressed: the next Tab moves on

function selectedLines(code) {
  const from = code.value.lastIndexOf('\n', code.selectionStart - 1) + 1;
  return { from, text: code.value.slice(from, code.selectionEnd) };
}

function indent(code) {
  const { from, text } = selectedLines(code);
  if (!text.includes('\n')) {
    document.execCommand('insertText', false, '    ');
    return;
  }
  const end = code.selectionEnd;
  const more = text.replace(/^(?=.)/gm, '    ');
  code.setSelectionRange(from, end);
  document.execCommand('insertText', false, more);
  code.setSelectionRange(from, from + more.length);
}

function unindent(code) {
  const { from, text } = selectedLines(code);
  const less = text.replace(/^( {1,4}|\t)/gm, '');
  const end = code.selectionEnd;
  if (less === text) return;
  code.setSelectionRange(from, end);
  document.execCommand('insertText', false, less);
  code.setSelectionRange(text.includes('\n') ? from : from + less.length, from + less.length);
}

function onCodeKey(event) {
  const leaves = tabLeaves;
  tabLeaves = event.key === 'Escape';
  if (event.key !== 'Tab' || leaves || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  (event.shiftKey ? unindent : indent)($('code'));
}

// ---- beginning ----------------------------------------------------------

async function fetchList(path, field) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return (await response.json())[field];
}

function listen() {
  $('form').addEventListener('submit', (event) => {
    event.preventDefault();
    run();
  });
  $('stop').addEventListener('click', () => state.running?.abort());
  $('language').addEventListener('change', () => {
    save('language', $('language').value);
    $('example').value = '';
    showProgram(language($('language').value));
  });
  $('example').addEventListener('change', () => chooseExample($('example').value));
  $('code').addEventListener('input', () => save(`code.${$('language').value}`, $('code').value));
  $('code').addEventListener('keydown', onCodeKey);
  $('stdin').addEventListener('input', () => save('stdin', $('stdin').value));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  });
}

async function begin() {
  listen();
  $('stdin').value = load('stdin') ?? '';
  try {
    [state.languages, state.examples] = await Promise.all([
      fetchList('/languages', 'languages'),
      fetchList('/examples', 'examples').catch(() => []),
    ]);
    showExamples();
    showLanguages();
  } catch {
    showStatus('bad', 'The service cannot be reached.',
      'Is it still running? Start it again, then reload this page.');
  }
}

begin();
