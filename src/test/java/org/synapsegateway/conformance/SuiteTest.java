// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The suite itself: that it reads what is written, and that it fails what is wrong. */
class SuiteTest {
  private static final String GET = "> GET /x HTTP/1.1\n> Host: a\n>\n";
  private static final String FORWARDED =
      ">> GET /x HTTP/1.1\n>> Host: a\n>> X-Forwarded-For: 127.0.0.1\n"
          + ">> X-Forwarded-Proto: http\n>>\n";
  private static final String OK = "<< HTTP/1.1 200 OK\n<< Content-Length: 2\n<<\n<< ok\\\n";

  /**
   * How a failure begins for what came to a worker without a step: the whole request if the worker
   * has read it by the end of the case, else its bytes.
   */
  private static final String UNEXPECTED = "workers got ";

  private static List<Case> read(String text) {
    return CaseReader.read("test", List.of(text.split("\n", -1)));
  }

  private static Case one(String steps) {
    return read("== name\nsource s\n" + steps).get(0);
  }

  @Test
  void shippedCasesAreManyAndEachHasItsOwnName() throws IOException {
    List<Case> cases = CaseReader.readAll(Conformance.CASES);

    assertThat(cases).hasSizeGreaterThan(300);
    Set<String> names = new HashSet<>();
    assertThat(cases).allSatisfy(c -> assertThat(names.add(c.group() + c.name())).isTrue());
  }

  @Test
  void casesOfHttp2AreManyAndEachNamesItsRule() throws IOException {
    List<Case> cases = CaseReader.readAll(Conformance.HTTP2_CASES, "https");

    assertThat(cases).hasSizeGreaterThan(400);
    Set<String> names = new HashSet<>();
    assertThat(cases).allSatisfy(c -> assertThat(names.add(c.name())).as(c.name()).isTrue());
    assertThat(cases)
        .extracting(c -> Integer.valueOf(c.name().split(" ", 2)[0]))
        .containsAll(IntStream.rangeClosed(1, 43).boxed().toList());
  }

  @ParameterizedTest
  @CsvSource({"'a\\sb', 'a b'", "'\\\\', '\\'", "'\\(3*ab)c', 'abababc'", "'\\x41', 'A'"})
  void escapesAreBytes(String text, String bytes) {
    assertThat(Escapes.decode(text)).isEqualTo(bytes);
    assertThat(Escapes.decode("\\r\\n\\t\\x00\\xff")).isEqualTo("\r\n\t\0\u00ff");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\q", "a\\", "\u00e9", "\\xzz"})
  void escapesThatAreNoneAreRefused(String text) {
    assertThatThrownBy(() -> Escapes.decode(text)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void eachMakesOneCaseOfEveryItem() {
    List<Case> cases = read("== n\nsource s\neach a b\\sc\n> $x\n< 400\n");

    assertThat(cases).extracting(Case::name).containsExactly("n [a]", "n [b\\sc]");
  }

  @Test
  void eachBehindEachMakesOneCaseOfEveryPair() {
    List<Case> cases = read("== n\nsource s\neach a b\neach $xc c$x\n> $y\n< 400\n");

    assertThat(cases)
        .extracting(Case::name)
        .containsExactly("n [a ac]", "n [a ca]", "n [b bc]", "n [b cb]");
  }

  @ParameterizedTest
  @CsvSource({
    "'> x', a case needs a source and steps",
    "'source s', a case needs a source and steps",
    "'source s\nnonsense', unknown word",
    "'source s\n>data hello', open",
    "'source s\n<goaway PERHAPS', PERHAPS",
    "'source s\n>> GET / HTTP/1.1', no empty line",
    "'source s\nlevel PERHAPS\n< 400', PERHAPS"
  })
  void badCasesAreRefusedWithTheirPlace(String text, String why) {
    assertThatThrownBy(() -> read("== n\n" + text))
        .hasMessageContaining("test.txt:")
        .hasMessageContaining(why);
  }

  /** A pipe that forwards everything and understands nothing fails where it should. */
  @Nested
  class AgainstAPipe {
    private Pipe pipe;
    private Stage stage;

    @BeforeEach
    void open() throws IOException {
      pipe = new Pipe();
      stage = new Stage(pipe.workersDirectory());
    }

    @AfterEach
    void close() {
      stage.close();
      pipe.close();
    }

    private String run(String steps) {
      return one(steps).run(pipe, stage);
    }

    @Test
    void whatIsRightPasses() {
      assertThat(run(GET + ">>any\n" + OK + "< HTTP/1.1 200 OK\n< Content-Length: 2\n<\n< ok\\\n"))
          .isNull();
    }

    @Test
    void requestThatWasNotRefusedIsAFailure() {
      assertThat(run("> GET /x HTTP/1.1\n> Host: a\n> Host: b\n>\n< 400\n")).contains("< 400");
    }

    @Test
    void requestThatReachesAWorkerUnexpectedlyIsAFailure() {
      assertThat(run(GET + "< 200\n")).contains(UNEXPECTED);
    }

    @Test
    void secondRequestThatReachesAWorkerIsAFailure() {
      assertThat(run(GET + GET + ">>any\n" + OK + "< 200\n")).contains(UNEXPECTED);
    }

    @Test
    void bytesThatAreNoRequestAreAFailure() {
      assertThat(run("> GET /x\\\n")).contains("workers got 6 bytes");
    }

    @Test
    void missingFieldIsAFailure() {
      assertThat(run(GET + FORWARDED)).contains("x-forwarded-for should be");
    }

    @Test
    void otherTargetIsAFailure() {
      assertThat(run(GET + FORWARDED.replace("/x", "/y"))).contains("start line should be");
    }

    @Test
    void otherBodyIsAFailure() {
      assertThat(run(GET + ">>any\n" + OK + "< HTTP/1.1 200 OK\n< Content-Length: 2\n<\n< no\\\n"))
          .contains("body should be \"no\"");
    }

    @Test
    void otherStatusIsAFailure() {
      assertThat(run(GET + ">>any\n" + OK + "< 204|500\n")).contains("got HTTP/1.1 200");
    }

    @Test
    void connectionThatStaysIsNoEnd() {
      assertThat(run(GET + ">>any\n" + OK + "< 200\n<end\n")).contains("keeps the connection open");
    }

    @Test
    void cutReplyIsOnlyRightWhereItIsExpected() {
      String cut = GET + ">>any\n<< HTTP/1.1 200 OK\n<< Content-Length: 9\n<<\n<< a\\\n<<close\n";

      assertThat(run(cut + "< 200\n")).contains("broke off");
      assertThat(run(cut + "< cut\n")).isNull();
    }

    @Test
    void requestThatNeverComesIsAFailure() {
      assertThat(run(">>any\n")).contains("no request came to a worker");
    }

    @Test
    void workersThatAreAwayAreBackForTheNextCase() {
      assertThat(run("workers missing\n" + GET + "< 502|closed\n")).isNull();
      assertThat(run(GET + ">>any\n" + OK + "< 200\n")).isNull();
    }
  }
}
