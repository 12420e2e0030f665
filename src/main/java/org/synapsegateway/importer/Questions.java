// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks somebody which groups a worker serves, and keeps what is answered. */
public final class Questions {
  private final BufferedReader in;
  private final Consumer<String> out;

  /**
   * @param out takes a text that stays on its line
   */
  public Questions(BufferedReader in, Consumer<String> out) {
    this.in = in;
    this.out = out;
  }

  /**
   * Asks until each question has an answer, or there are none left.
   *
   * @param questions by the name of the worker
   * @param answers the file to add to
   */
  public void ask(Map<String, String> questions, Path answers) throws IOException {
    if (!questions.isEmpty()) {
      out.accept("Groups: " + String.join(", ", Answers.choices()) + ", or none\n");
    }
    for (Map.Entry<String, String> question : questions.entrySet()) {
      String answer = ask(question.getValue());
      if (answer == null) {
        return;
      }
      Files.createDirectories(answers.toAbsolutePath().getParent());
      Files.writeString(
          answers,
          (endsInALine(answers) ? "" : "\n") + question.getKey() + ": " + answer + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  private static boolean endsInALine(Path file) throws IOException {
    String text = Target.text(file);
    return text.isEmpty() || text.endsWith("\n");
  }

  private @Nullable String ask(String question) throws IOException {
    while (true) {
      out.accept(question + ": which group? ");
      String answer = in.readLine();
      if (answer == null) {
        return null;
      }
      try {
        Answers.groups(answer);
        return answer.strip();
      } catch (IllegalArgumentException e) {
        out.accept(e.getMessage() + "\n");
      }
    }
  }
}
