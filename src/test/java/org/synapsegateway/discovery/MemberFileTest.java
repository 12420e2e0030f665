// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file says of a list of workers. */
class MemberFileTest {
  @TempDir Path directory;

  private Answer read(String text) throws IOException {
    Files.writeString(directory.resolve("w.json"), text);
    return read();
  }

  private Answer read() {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    new MemberFile(ImmediateEventExecutor.INSTANCE, directory.resolve("w.json"))
        .ask(answer::complete);
    return answer.join();
  }

  @Test
  void eachWorkerHasItsPlaceAndMayHaveMore() throws Exception {
    String text =
        "{\"workers\":[{\"server\":\"tcp:h:1\",\"weight\":2,\"drain\":true},"
            + "{\"server\":\"unix:/w.sock\"}]}";
    assertThat(read(text).members())
        .containsExactly(
            new Member("h:1", "tcp:h:1", 2, true),
            new Member("unix:/w.sock", "unix:/w.sock", 0, false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|line 1",
        "[]|it is no list of workers",
        "{}|workers",
        "null|are null",
        "{\"workers\":null}|are null",
        "{\"workers\":[null]}|are null",
        "{\"workers\":[{}]}|server",
        "{\"workers\":[{\"server\":null}]}|a worker has no server",
        "{\"workers\":[{\"server\":\"tcp:h:1\",\"weight\":0}]}|the weight 0",
        "{\"workers\":[{\"server\":\"tcp:h:1\",\"weigth\":1}]}|weigth",
        "{\"workers\":[{\"server\":\"tcp:h:1\"}]} x|line 1",
        "{\"workers\":[{\"server\":\"tcp:h:1\"}]|line 1",
        "{\"workers\":[],\"workers\":[]}|Duplicate field",
        "{\"workers\":[{\"server\":\"tcp:h:1\",\"weight\":1.5}]}|line 1",
        "{\"workers\":[{\"server\":\"tcp:h:1\",\"weight\":99999999999}]}|line 1",
        "{\"workers\":[{\"server\":\"tcp:h:1\",\"wieght\":1}]}|\"wieght\" is no key here; there are [drain, server, weight]",
        "# workers|line 1",
        "// workers|line 1"
      })
  void whatIsNoListDoesNotCount(String text, String why) throws Exception {
    Answer answer = read(text);
    assertThat(answer.members()).isEmpty();
    assertThat(answer.failure()).contains(why);
    assertThat(answer.seconds()).isEqualTo(1);
  }

  @Test
  void norDoesWhatIsNotThereOrNoFile() throws Exception {
    assertThat(read().failure()).isEqualTo("it does not exist");
    Files.createDirectory(directory.resolve("w.json"));
    assertThat(read().failure()).isEqualTo("it is no file");
  }

  @Test
  void whatEditorsAddMeansNothing() throws Exception {
    String text = "{\r\n  \"workers\": [\r\n    {\"server\": \"tcp:h:1\"}\r\n  ]\r\n}\r\n";
    for (String each : List.of(text, "\uFEFF" + text, "\n\n" + text)) {
      assertThat(read(each).members()).containsExactly(new Member("h:1", "tcp:h:1", 0, false));
    }
  }

  @Test
  void neitherEmptyFilesNorDeepOnesCount() throws Exception {
    assertThat(read("").failure()).contains("it is no list of workers");
    assertThat(read("{\"workers\":" + "[".repeat(500_000)).failure()).isNotNull();
  }

  @Test
  void aFileOfAGigabyteIsNotRead() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve("w.json").toFile(), "rw")) {
      file.setLength(1L << 30);
    }
    assertThat(read().failure()).isEqualTo("it has more than 1048576 bytes");
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Process made = new ProcessBuilder("mkfifo", directory.resolve("w.json").toString()).start();
    assertThat(made.waitFor()).isZero();
    assertThat(read().failure()).isEqualTo("it is no file");
  }

  @Test
  void aLinkMayBeTurned() throws Exception {
    Path link = directory.resolve("w.json");
    for (String host : List.of("one", "two")) {
      Path target = directory.resolve(host);
      Files.writeString(target, "{\"workers\":[{\"server\":\"tcp:%s:1\"}]}".formatted(host));
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, target);
      assertThat(read().members()).extracting(Member::ring).containsExactly(host + ":1");
    }
    Files.delete(directory.resolve("two"));
    assertThat(read().failure()).isEqualTo("it does not exist");
    Files.delete(link);
    Files.createSymbolicLink(link, link.getFileName());
    assertThat(read().trouble()).isEqualTo(AnswerFailure.NO_ANSWER);
  }
}
