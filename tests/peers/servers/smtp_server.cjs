// nodemailer's smtp-server as a test's peer: each message one file, as it came. Arguments: its folder of node_modules, the yard,
// the port with STARTTLS, the port with TLS from the first byte, who may log in, with which password or token.
const [modules, yard, plain, tls, username, password, token] = process.argv.slice(2);
const fs = require("node:fs");
const path = require("node:path");
const { SMTPServer } = require(path.join(modules, "smtp-server"));

const pem = fs.readFileSync(path.join(yard, "server.pem"));
const refusals = { reject: [550, "5.1.1 no such user"], defer: [451, "4.2.1 try later"] };
let stored = 0;

function refusal(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

const options = {
  key: pem,
  cert: pem,
  authOptional: true,
  authMethods: ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"],
  allowInsecureAuth: true,
  disableReverseLookup: true,
  onAuth(auth, session, done) {
    const proved = {
      "CRAM-MD5": () => auth.validatePassword(password),
      XOAUTH2: () => auth.accessToken === token,
    }[auth.method] ?? (() => auth.password === password);
    if (auth.username === username && proved()) {
      done(null, { user: username });
    } else if (auth.method === "XOAUTH2") {
      done(null, { data: { status: "401", schemes: "bearer" } }); // what goes into the 334 before the refusal
    } else {
      done(refusal(535, "5.7.8 wrong"));
    }
  },
  onRcptTo({ address }, session, done) {
    const refused = refusals[address.split("@")[0]];
    done(refused && refusal(...refused));
  },
  onData(stream, session, done) {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => {
      const content = Buffer.concat(chunks);
      if (/^Subject: refuse/m.test(content)) {
        done(refusal(550, "5.7.1 no such content"));
      } else {
        fs.writeFile(path.join(yard, "mail", `${stored++}.eml`), content, () => done(null, "2.0.0 stored"));
      }
    });
  },
};

for (const [port, secure] of [[plain, false], [tls, true]]) {
  const server = new SMTPServer({ ...options, secure });
  server.on("error", () => {}); // a client that hangs up in the handshake ends the process otherwise
  server.listen(Number(port), "127.0.0.1");
}
