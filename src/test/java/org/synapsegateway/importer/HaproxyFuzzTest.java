// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fuzz.Choices;
import org.synapsegateway.fuzz.Fuzz;

/** Any haproxy.cfg is read and asked, or one line says why not, in bounded time. */
class HaproxyFuzzTest {
  /** What may stand where a word is. */
  private static final List<String> WORDS =
      List.of(
          "",
          "{",
          "}",
          "!",
          "!{",
          "or",
          "if",
          "unless",
          "\"",
          "'",
          "\\",
          "#",
          "\"$X\"",
          "%[",
          "%[path]",
          "%[var()]",
          "-m",
          "-f",
          "-i",
          "--",
          "reg",
          "(((",
          "[",
          "(a+)+$",
          "a\u0000b",
          "99999999999999999999",
          "-1",
          "path,word(x,/)",
          "path,word(1,)",
          "path,word(-1,/)",
          "path,word(99999999999,/)",
          "path,map(,)",
          "path,map_reg(all.map)",
          "path,length",
          "nbsrv()",
          "str(",
          ")",
          "hdr()",
          "acl",
          "\ud83d\ude00");

  private static final int ROWS = 8;

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void maps() throws IOException {
    file = directory.resolve("haproxy.cfg");
    Files.writeString(directory.resolve("all.map"), "^/_matrix/client/(r0|v3)/sync$ sync\n( x\n");
  }

  @Test
  void anyConfigurationIsAskedOrRefusedInOneLine() throws IOException {
    List<List<String>> sites = new ArrayList<>();
    for (SiteFile site : SiteFile.all().toList()) {
      String text = site.files().get("haproxy.cfg");
      if (text != null) {
        site.writeTo(directory);
        sites.add(Arrays.asList(text.split("\n")));
      }
    }
    assertThat(sites).hasSizeGreaterThan(2);
    Fuzz.check(
        150,
        choices -> {
          Files.write(file, slipped(choices.of(sites), choices));
          try {
            assertThat(HaproxyProxy.read(file).all()).isNotNull();
          } catch (ConfigurationException e) {
            assertThat(e.getMessage()).hasLineCount(1).contains(directory.toString());
          }
        });
  }

  @Test
  void anyWordInAnyPlaceIsAskedOrRefusedInOneLine() throws IOException {
    for (String place :
        List.of(
            "use_backend main if { %s /x }",
            "use_backend main if { path %s /x }",
            "use_backend main if { path -m %s /x }",
            "use_backend main if %s",
            "use_backend %%[%s]",
            "use_backend %s",
            "acl a %s\n  use_backend main if a",
            "http-request set-var(req.x) %s\n  use_backend main if { var(req.x) -m found }",
            "http-request %s",
            "default_backend %s",
            "bind %s",
            "%s")) {
      for (String word : WORDS) {
        Files.writeString(
            file,
            "frontend f\n  mode http\n  bind :8008\n  "
                + place.formatted(word)
                + "\nbackend main\n  server main 127.0.0.1:8009\n");
        try {
          assertThat(HaproxyProxy.read(file).all()).isNotNull();
        } catch (ConfigurationException e) {
          assertThat(e.getMessage()).hasLineCount(1).contains(directory.toString());
        }
      }
    }
  }

  private static List<String> slipped(List<String> lines, Choices choices) {
    List<String> slipped = new ArrayList<>(lines);
    for (int slips = 1 + choices.below(ROWS); slips > 0; slips--) {
      int at = choices.below(slipped.size());
      List<String> words = new ArrayList<>(Arrays.asList(slipped.get(at).split(" ")));
      int word = choices.below(words.size());
      switch (choices.below(4)) {
        case 0 -> slipped.remove(at);
        case 1 -> slipped.add(choices.below(slipped.size()), slipped.get(at));
        case 2 -> {
          words.set(word, choices.of(WORDS));
          slipped.set(at, String.join(" ", words));
        }
        default -> {
          words.add(word, choices.of(WORDS));
          slipped.set(at, String.join(" ", words));
        }
      }
    }
    return slipped;
  }

  @Test
  void aPatternThatRunsAwayIsToldAndTheOthersAreAsked() throws IOException {
    Files.writeString(directory.resolve("all.map"), "^/_matrix/client/v3/a*a*a*a*a*a*b sync\n");
    Files.writeString(
        file,
        """
        frontend f
          mode http
          bind :8008
          use_backend main if { path /_matrix/client/versions }
          use_backend %[path,map_reg(all.map,main)]
        backend main
          server main 127.0.0.1:8009
        backend sync
          server sync 127.0.0.1:8010
        """);
    HaproxyProxy proxy = HaproxyProxy.read(file);
    String runaway = "/_matrix/client/v3/" + "a".repeat(300);
    assertThat(outcome(proxy, runaway)).isEqualTo("cannot tell");
    assertThat(doubt(proxy, runaway))
        .isEqualTo(
            "use_backend ("
                + file
                + ":5): the pattern ^/_matrix/client/v3/a*a*a*a*a*a*b takes too long");
    assertThat(outcome(proxy, "/_matrix/client/versions")).isEqualTo("main");
  }

  @Test
  void aMapOfThousandsOfPatternsIsReadOnce() throws IOException {
    StringBuilder map = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      map.append("^/_matrix/client/v3/x").append(i).append("/[^/]+$ sync\n");
    }
    Files.writeString(directory.resolve("all.map"), map);
    Files.writeString(
        file,
        """
        frontend f
          mode http
          bind :8008
          use_backend %[path,map_reg(all.map,main)]
        backend main
          server main 127.0.0.1:8009
        backend sync
          server sync 127.0.0.1:8010
        """);
    HaproxyProxy proxy = HaproxyProxy.read(file);
    assertThat(outcome(proxy, "/_matrix/client/v3/x1999/y")).isEqualTo("sync");
    assertThat(outcome(proxy, "/_matrix/client/v3/x1999/y/z")).isEqualTo("main");
  }

  private static String outcome(HaproxyProxy proxy, String target) {
    return proxy.ask("GET", target).orElseThrow().decision().outcome();
  }

  private static String doubt(HaproxyProxy proxy, String target) {
    return String.valueOf(proxy.ask("GET", target).orElseThrow().decision().doubt());
  }
}
