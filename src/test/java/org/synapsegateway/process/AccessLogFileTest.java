// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of the access log: new ones each day and size, and two processes that write to it. */
class AccessLogFileTest {
  private final LocalDate today = LocalDate.now(ZoneId.systemDefault());
  private static final int LINES = 5_000;

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("access.log");
  }

  /** Follows, and writes lines, in a process of its own. */
  static final class Follower {
    private Follower() {}

    public static void main(String[] args) throws IOException {
      try (AccessLogFile file = new AccessLogFile(Path.of(args[0]), 0, false)) {
        System.out.println("ready");
        for (int i = 0; i < LINES; i++) {
          file.write("follower " + i + "\n");
        }
      }
    }
  }

  @Test
  void aFileThatIsDeletedIsMadeAnew() throws Exception {
    try (AccessLogFile log = new AccessLogFile(file, 10_000, true)) {
      log.write("one\n");
      Files.delete(file);
      log.write("two\n");
      log.write("three\n");
    }
    assertThat(file).hasContent("two\nthree\n");
  }

  @Test
  void twoProcessesLoseNoLineWhileOneOfThemBeginsNewFiles() throws Exception {
    ProcessBuilder follower =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Follower.class.getName(),
                file.toString())
            .redirectErrorStream(true);
    Process process = follower.start();
    try (AccessLogFile leader = new AccessLogFile(file, 10_000, true)) {
      assertThat(process.inputReader().readLine()).isEqualTo("ready");
      for (int i = 0; i < LINES; i++) {
        leader.write("leader " + i + "\n");
      }
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroy();
    }
    assertThat(lines().stream().filter(line -> line.startsWith("leader")))
        .containsExactlyElementsOf(expected("leader "));
    assertThat(lines().stream().filter(line -> line.startsWith("follower")))
        .containsExactlyElementsOf(expected("follower "));
    assertThat(names()).hasSizeGreaterThan(5).contains("access.log." + today + ".0.gz");
  }

  private static List<String> expected(String name) {
    return IntStream.range(0, LINES).mapToObj(i -> name + i).collect(Collectors.toList());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(each -> each.getFileName().toString()).collect(Collectors.toList());
    }
  }

  /** All lines in the order of the files. */
  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int number = 0; number < names().size() - 1; number++) {
      lines.addAll(unzipped("access.log." + today + "." + number + ".gz").lines().toList());
    }
    lines.addAll(Files.readAllLines(file));
    return lines;
  }

  private String unzipped(String name) throws IOException {
    try (InputStream bytes = new GZIPInputStream(Files.newInputStream(directory.resolve(name)))) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aNewDayBeginsANewFileAndRemovesThoseThatAreTooOld() throws Exception {
    LocalDate yesterday = today.minusDays(1);
    Files.writeString(file, "old\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(1, ChronoUnit.DAYS)));
    Files.createFile(directory.resolve("access.log." + yesterday + ".3.gz"));
    Files.createFile(directory.resolve("access.log." + today.minusDays(14) + ".0.gz"));
    Files.createFile(directory.resolve("access.log." + today.minusDays(15) + ".0.gz"));
    Files.createFile(directory.resolve("access.log.1"));
    try (AccessLogFile log = new AccessLogFile(file, 1_000, true)) {
      log.write("new\n");
      log.write("newer\n");
    }
    assertThat(file).hasContent("new\nnewer\n");
    assertThat(unzipped("access.log." + yesterday + ".4.gz")).isEqualTo("old\n");
    assertThat(names())
        .containsExactlyInAnyOrder(
            "access.log",
            "access.log.1",
            "access.log." + yesterday + ".3.gz",
            "access.log." + yesterday + ".4.gz",
            "access.log." + today.minusDays(14) + ".0.gz");
  }

  @Test
  void whoFollowsBeginsNoFileAndMayLeadLater() throws Exception {
    try (AccessLogFile log = new AccessLogFile(file, 4, false)) {
      log.write("one\n");
      log.write("two\n");
      assertThat(names()).containsExactly("access.log");
      log.lead();
      log.write("three\n");
      log.follow();
      log.write("four\n");
    }
    assertThat(file).hasContent("three\nfour\n");
    assertThat(unzipped("access.log." + today + ".0.gz")).isEqualTo("one\ntwo\n");
  }
}
