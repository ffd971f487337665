/** Variables by which systemd and the launcher inform the bot about its own service and its watchdog. */
const reserved =
  /^(NOTIFY_SOCKET|WATCHDOG_(USEC|PID)|LISTEN_\w+|(CREDENTIALS|STATE|RUNTIME)_DIRECTORY|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_\w+|MAINPID)$/;

/** Variables that say where programs and their libraries are loaded from. They are settings, and never secrets. */
const loading =
  /^(LD_\w+|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|PATH|HOME|TMPDIR|IFS|ENV|BASH_ENV|SHELLOPTS|PYTHON\w+|NODE_\w+|PERL5?\w*|RUBY\w+|JAVA_\w+|_?JAVA_OPTIONS|JDK_\w+|CLASSPATH|DOTNET_\w+|CORECLR_\w+|SSL_CERT_\w+)$/;

/** Why a variable of this name can't be set: the end of a sentence, and an explanation. */
export interface NameProblem {
  problem: string;
  explanation: string;
}

/** What is wrong with the name of a variable that the bot gets. */
export function nameProblem(name: string): NameProblem | undefined {
  if (reserved.test(name)) {
    return {
      problem: `is the variable ${name}, which belongs to systemd`,
      explanation: "Overriding it would give the bot wrong information about its own service.",
    };
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return {
      problem: "is not a valid name of a variable",
      explanation: "A name has letters, digits and _ only, and doesn't start with a digit.",
    };
  }
  return undefined;
}

/** What is wrong with the name of a variable that contains a secret. */
export function secretNameProblem(name: string): NameProblem | undefined {
  if (loading.test(name)) {
    return {
      problem: `is the variable ${name}, which changes how programs are loaded`,
      explanation:
        "Such a value is not a secret. Set it as bot.environment.NAME, where everybody can see it.",
    };
  }
  return nameProblem(name);
}

/** Whether a variable of this name usually contains a secret. */
export function soundsSecret(name: string): boolean {
  return /(^|_)(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_KEY)?$/i.test(
    name,
  );
}
