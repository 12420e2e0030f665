// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.fault.ConfigurationException;

class QuestionsTest {
  @TempDir Path directory;

  private final StringBuilder asked = new StringBuilder();

  private Path ask(String typed, String... workers) throws IOException {
    Map<String, String> questions = new LinkedHashMap<>();
    for (String worker : workers) {
      questions.put(worker, "worker \"" + worker + "\"");
    }
    Path file = directory.resolve("to").resolve(Answers.FILE);
    new Questions(new BufferedReader(new StringReader(typed)), asked::append).ask(questions, file);
    return file;
  }

  @Test
  void keepsWhatIsAnswered() throws IOException {
    Path file = ask("event-creator, pagination\nnone\n", "event1", "x");
    assertThat(Files.readString(file)).isEqualTo("event1: event-creator, pagination\nx: none\n");
    Answers answers = Answers.read(file);
    assertThat(answers.of("event1").orElseThrow().groups())
        .containsExactly(RouteGroup.EVENT_CREATOR, RouteGroup.PAGINATION);
    assertThat(answers.of("x").orElseThrow().groups()).isEmpty();
    assertThat(answers.of("y")).isEmpty();
  }

  @Test
  void anAnswerIsALineOfItsOwnWhateverTheFileEndsWith() throws IOException {
    Path file = directory.resolve("to").resolve(Answers.FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "\uFEFFmine: none");
    ask("login\n", "event1");
    assertThat(Files.readString(file)).isEqualTo("\uFEFFmine: none\nevent1: login\n");
    assertThat(Answers.read(file).all()).containsOnlyKeys("mine", "event1");
  }

  @Test
  void asksAgainWhereAnAnswerMakesNoSense() throws IOException {
    Path file = ask("event-creater\ntyping\nevent-creator\n", "event1");
    assertThat(asked)
        .contains("there is no group \"event-creater\"; did you mean event-creator?")
        .contains("Synapse's configuration alone says who serves typing");
    assertThat(Files.readString(file)).isEqualTo("event1: event-creator\n");
  }

  @Test
  void endsWhereThereAreNoMoreAnswers() throws IOException {
    assertThat(ask("", "event1")).doesNotExist();
  }

  @Test
  void tellsALineThatMakesNoSense() throws IOException {
    Path file = directory.resolve(Answers.FILE);
    for (String line : List.of("event1", ": sync", "event1: synk", "event1:", "a: typing")) {
      Files.writeString(file, "# mine\nok: none # really\n" + line + "\n");
      assertThatThrownBy(() -> Answers.read(file))
          .as(line)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith(file + ":3: ");
    }
  }
}
