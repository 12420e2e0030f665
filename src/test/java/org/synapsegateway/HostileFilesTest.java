// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.wire.RawClient;

/**
 * Whatever is put into routes/, what serves goes on, one line tells, and the next change counts.
 */
class HostileFilesTest {
  /** A front route that replies with this text. */
  private static String front(String text) {
    return TestRoutes.front("- setBody: { constant: " + text + " }");
  }

  @TempDir Path directory;
  private Path routes;
  private LogCapture log;
  private TestGateway gateway;

  /** Puts something at a path. */
  interface Put {
    void at(Path path) throws Exception;
  }

  /** A bean that cannot be made. */
  public static final class Throwing {
    public Throwing() {
      throw new AssertionError("not today");
    }
  }

  /** A bean of a class that cannot be initialised. */
  public static final class Broken {
    static final int VALUE = Integer.parseInt("broken class");
  }

  /** A bean that is never made. */
  public static final class Hanging {
    public Hanging() throws InterruptedException {
      Thread.currentThread().join();
    }
  }

  /** A bean that is never made, whatever interrupts it. */
  public static final class Stubborn {
    public Stubborn() {
      while (true) {
        LockSupport.park();
        Thread.interrupted(); // or park() would return at once from now on, and take a processor
      }
    }
  }

  /** A bean whose exception cannot be asked for anything. */
  public static final class Mute {
    public Mute() {
      throw new MuteException();
    }
  }

  private static final class MuteException extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  /** A bean whose exception is the cause of its own cause. */
  public static final class Circular {
    public Circular() throws Exception {
      Exception outer = new Exception("outer");
      outer.initCause(new Exception("round and round", outer));
      throw outer;
    }
  }

  /** A bean that writes another file as it is made, once. */
  public static final class Writing {
    static final AtomicReference<Path> FILE = new AtomicReference<>();

    public Writing() throws IOException {
      Path file = FILE.getAndSet(null);
      if (file != null) {
        Files.writeString(file, front("third"));
      }
    }
  }

  @BeforeEach
  void start() throws IOException {
    routes = Files.createDirectory(directory.resolve("routes"));
    write("front", front("first"));
    gateway = TestGateway.reloading(routes);
    log = LogCapture.ofAll();
    assertThat(ask()).isEqualTo("first");
  }

  @AfterEach
  void stop() {
    log.close();
    gateway.close();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(routes.resolve(name + ".camel.yaml"), text);
  }

  private String ask() throws IOException {
    try (RawClient client = gateway.client()) {
      return client
          .exchange("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n")
          .content();
    }
  }

  private static String bean(Class<?> type) {
    return "- beans:\n    - name: bad\n      type: " + type.getName() + "\n";
  }

  private static Put text(String text) {
    return path -> Files.writeString(path, text);
  }

  private static Put link(String to) {
    return path -> Files.createSymbolicLink(path, Path.of(to));
  }

  private static Put command(String... command) {
    return path -> {
      String[] all =
          Stream.concat(Stream.of(command), Stream.of(path.toString())).toArray(String[]::new);
      assertThat(new ProcessBuilder(all).start().waitFor()).isZero();
    };
  }

  static Stream<Arguments> hostile() {
    return Stream.of(
        Arguments.of("dashes", text("- ".repeat(30_000)), "[too-deep]"),
        Arguments.of("brackets", text("[".repeat(100_000)), "[too-deep]"),
        Arguments.of("braces", text("{a: ".repeat(30_000)), "[too-deep]"),
        Arguments.of("a pipe", command("mkfifo"), "[unreadable-file]"),
        Arguments.of("a device", link("/dev/zero"), "[unreadable-file]"),
        Arguments.of(
            "a socket",
            (Put)
                path -> {
                  try (ServerSocketChannel socket =
                      ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                    socket.bind(UnixDomainSocketAddress.of(path));
                  }
                },
            "[unreadable-file]"),
        Arguments.of(
            "a link to itself",
            (Put) path -> Files.createSymbolicLink(path, path.getFileName()),
            "[unreadable-file]"),
        Arguments.of(
            "a loop of directories",
            (Put) path -> Files.createSymbolicLink(path, Path.of(".")),
            "[unreadable-file]"),
        Arguments.of(
            "1 GB",
            (Put)
                path -> {
                  try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                    file.setLength(1 << 30);
                  }
                },
            "[unreadable-file]"),
        Arguments.of(
            "aliases without end",
            text(
                "- a: &a [x,x,x,x,x,x,x,x,x]\n"
                    + Stream.iterate('b', c -> (char) (c + 1))
                        .limit(20)
                        .map(
                            c -> {
                              char before = (char) (c - 1);
                              return "- "
                                  + c
                                  + ": &"
                                  + c
                                  + " ["
                                  + ("*" + before + ",").repeat(8)
                                  + "*"
                                  + before
                                  + "]\n";
                            })
                        .reduce("", String::concat)),
            "bad.camel.yaml"),
        Arguments.of(
            "no text", (Put) path -> Files.write(path, new byte[] {(byte) 0xff, 0}), "[not-utf8]"),
        Arguments.of("no text of a device", link("/proc/self/mem"), "[unreadable-file]"),
        Arguments.of(
            "a bean that throws an Error", text(bean(Throwing.class)), "not today [bad-bean]"),
        Arguments.of(
            "a bean whose exception is mute",
            text(bean(Mute.class)),
            "MuteException has no message"),
        Arguments.of("a bean whose exception is a circle", text(bean(Circular.class)), "round"),
        Arguments.of("a bean of a broken class", text(bean(Broken.class)), "broken class"),
        Arguments.of(
            "a step that is none",
            text("- route: { id: x, from: { uri: direct:x, steps: [ { nonsense: 1 } ] } }"),
            "nonsense"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void isRefusedWithOneLineAndTheNextChangeCounts(String what, Put put, String told)
      throws Exception {
    Path bad = routes.resolve("bad.camel.yaml");
    put.at(bad);
    await().atMost(Duration.ofSeconds(20)).until(() -> refused() == 1);
    assertThat(log.messages(Level.ERROR))
        .singleElement()
        .asString()
        .contains(told)
        .hasSizeLessThan(500);
    assertThat(log.messages(Level.WARN)).isEmpty();
    assertThat(ask()).isEqualTo("first");

    Files.delete(bad);
    write("front", front("second"));
    await().until(() -> ask().equals("second"));
    assertThat(refused()).isEqualTo(1);
  }

  private int refused() throws IOException {
    String line =
        gateway
            .metrics()
            .lines()
            .filter(each -> each.startsWith("gateway_reloads_total{outcome=\"refused\"}"))
            .findFirst()
            .orElseThrow();
    return (int) Double.parseDouble(line.substring(line.indexOf(' ')));
  }

  /** As Kubernetes gives a ConfigMap: files are links into a directory that is itself a link. */
  @Test
  void aConfigMapThatIsReplacedIsLoadedOnce() throws Exception {
    Path one = Files.createDirectory(directory.resolve("..2026_1"));
    Path two = Files.createDirectory(directory.resolve("..2026_2"));
    Files.writeString(one.resolve("front.camel.yaml"), front("one"));
    Files.writeString(two.resolve("front.camel.yaml"), front("two"));
    Path mounted = Files.createDirectory(directory.resolve("mounted"));
    Files.createSymbolicLink(mounted.resolve("..data"), one);
    Files.createSymbolicLink(
        mounted.resolve("front.camel.yaml"), Path.of("..data/front.camel.yaml"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), mounted);
    try (TestGateway served = TestGateway.reloading(link);
        RawClient client = served.client()) {
      String request = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n";
      assertThat(client.exchange(request).content()).isEqualTo("one");
      Files.createSymbolicLink(mounted.resolve("..tmp"), two);
      Files.move(
          mounted.resolve("..tmp"), mounted.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
      Files.delete(one.resolve("front.camel.yaml"));
      Files.delete(one);
      await().until(() -> client.exchange(request).content().equals("two"));
      assertThat(served.metrics())
          .contains(
              "gateway_reloads_total{outcome=\"loaded\"} 1.0",
              "gateway_reloads_total{outcome=\"refused\"} 0.0");
    }
  }

  @Test
  void aStopDoesNotWaitForAReloadThatHangs() throws Exception {
    write("bad", bean(Hanging.class));
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(t -> t.getName().equals("reload")));
    assertThat(ask()).isEqualTo("first");
    Thread stop = new Thread(gateway::close);
    stop.start();
    stop.join(TimeUnit.SECONDS.toMillis(20));
    assertThat(stop.isAlive()).isFalse();
    assertThat(gateway.frontDoor().isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(classes = {Hanging.class, Stubborn.class})
  void aReloadThatHangsIsRefusedAtItsLimitAndTheNextChangeCounts(Class<?> bean) throws Exception {
    gateway.main().limitReloads(Duration.ofSeconds(1));
    write("bad", bean(bean));
    await().until(() -> refused() == 1);
    assertThat(log.messages(Level.ERROR))
        .singleElement()
        .asString()
        .contains("within 1 s")
        .endsWith(" [timeout]");
    assertThat(ask()).isEqualTo("first");

    Files.delete(routes.resolve("bad.camel.yaml"));
    write("front", front("second"));
    await().until(() -> ask().equals("second"));
  }

  @Test
  void aFileThatNobodyMayReadIsRefused() throws Exception {
    Path bad = routes.resolve("bad.camel.yaml");
    Files.writeString(bad, bean(Throwing.class));
    Files.setPosixFilePermissions(bad, Set.of());
    assumeFalse(Files.isReadable(bad), "root may read everything");
    await().until(() -> refused() == 1);
    assertThat(log.messages(Level.ERROR)).singleElement().asString().endsWith(" [unreadable-file]");
  }

  @Test
  void aFileThatChangesWhileTheFilesAreReadIsLoadedAfterwards() throws Exception {
    Writing.FILE.set(routes.resolve("front.camel.yaml"));
    write("front", front("second"));
    write("writing", bean(Writing.class));
    await().until(() -> ask().equals("third"));
    assertThat(refused()).isZero();
  }

  /** A step that fails in a way that cannot be told. */
  public static final class MuteStep implements Processor {
    @Override
    public void process(Exchange exchange) {
      throw new MuteException();
    }
  }

  @Test
  void aStepWhoseExceptionIsMuteIsAnsweredNevertheless() throws Exception {
    write(
        "front",
        "- beans:\n    - name: mute\n      type: "
            + MuteStep.class.getName()
            + "\n"
            + front("x").replace("setBody: { constant: x }", "to: bean:mute"));
    await()
        .untilAsserted(
            () -> {
              try (RawClient client = gateway.client()) {
                assertThat(client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status())
                    .isEqualTo(500);
              }
            });
  }
}
