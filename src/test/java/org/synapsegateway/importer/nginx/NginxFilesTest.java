// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;

/** The words and files of a configuration, after nginx's own rules. */
class NginxFilesTest {
  private static final Mutation CONFIGURATIONS =
      new Mutation(
          List.of(
              "server { listen 80; location ~ ^/a$ { return 404; } }",
              "http { map $uri $x { default a; ~^/b(?<c>.*)$ $c; } server { proxy_pass http://$x; } }",
              "upstream u { hash $x consistent; server unix:/a.sock weight=2; } server { if ($x = a) { rewrite ^ /b last; } }",
              "server { content_by_lua_block { ngx.say(\"}\") -- } \n } }"),
          List.of(
              "{",
              "}",
              ";",
              "\"",
              "'",
              "\\",
              "$",
              "${",
              "#",
              "\n",
              "(",
              ")",
              "[",
              "]",
              "*",
              "{1,}",
              "(?",
              "~",
              "include *;",
              "\0",
              "\u00ff"));

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a b c;                 | a b c",
        "a 'b c' \"d\";         | a b c d",
        "a b'c d\";             | a b'c d\"",
        "a \\' \\n \\. \"\\\\x\"; | a ' ~N \\. \\x",
        "a ${b}c;               | a ${b}c",
        "a #c;~Nb;              | a b",
        "a c#d;                 | a c#d",
        "a '#';                 | a #",
        "if ('a') { }           | if ('a')",
        "if ($a = \"b\") { }    | if ($a = b )",
      })
  void wordsEndWhereNginxEndsThem(String text, String words) {
    Directive first = NginxFiles.parse("f", text.replace("~N", "\n")).get(0);
    assertThat(first.toString()).isEqualTo(words.replace("~N", "\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a;~Nb             | f:2: the file ends within a word",
        "a;~N~Nb c~N#      | f:4: the file ends within a directive; is there a \";\" or \"}\" missing?",
        "a {~Nb;           | f:1: the block is not closed: a \"}\" is missing",
        "a; }              | f:1: unexpected \"}\"",
        "a { b }           | f:1: unexpected \"}\"; is there a \";\" missing before it?",
        ";                 | f:1: unexpected \";\"",
        "a \"b             | f:1: the quote is not closed",
        "a \"b\"c;         | f:1: unexpected \"c\" behind a quote",
        "a;~Ninclude x;    | f:2: /x/x cannot be read: there is no such file",
        "a_by_lua_block {  | f:1: the block of Lua is not closed",
      })
  void aFaultIsOneLineWithItsPlace(String text, String message) {
    assertThatThrownBy(() -> NginxFiles.parse("f", text.replace("~N", "\n")))
        .isInstanceOf(ConfigurationException.class)
        .extracting(e -> e.getMessage().replace(Path.of("").toAbsolutePath() + "/", "/x/"))
        .isEqualTo(
            message
                + (message.contains("cannot be read")
                    ? " [unreadable-file]"
                    : " [bad-nginx-file]"));
  }

  @Test
  void luaIsPassedOver() {
    String text =
        "location / { access_by_lua_block {\n a = \"}\" -- }\n b = [[ } ]] if { } }\n deny all; }";
    Directive location = NginxFiles.parse("f", text).get(0);
    assertThat(location.block())
        .extracting(Directive::name)
        .containsExactly("access_by_lua_block", "deny");
    assertThat(location.block().get(1).place()).isEqualTo(new Place("f", 4));
  }

  @Test
  void includesAreReadInTheirOrderBesideTheMainFile() throws IOException {
    Files.createDirectory(directory.resolve("conf.d"));
    Files.writeString(directory.resolve("conf.d/b.conf"), "b;\n");
    Files.writeString(directory.resolve("conf.d/a.conf"), "a;\ninclude one;\n");
    Files.writeString(directory.resolve("conf.d/.c.conf"), "hidden;\n");
    Files.writeString(directory.resolve("one"), "c;");
    Path main =
        Files.writeString(
            directory.resolve("nginx.conf"), "http { include conf.d/*.conf; include none/*; }");
    Directive http = NginxFiles.read(main).get(0);
    assertThat(http.block()).extracting(Directive::name).containsExactly("a", "c", "b");
    assertThat(http.block().get(1).place())
        .isEqualTo(new Place(directory.resolve("one").toString(), 1));
  }

  @Test
  void aCopyOfAnotherMachinesDirectoriesIncludesItsOwnFiles() throws IOException {
    Path etc = Files.createDirectories(directory.resolve("copy/etc/nginx/sites-enabled"));
    Files.createDirectories(directory.resolve("copy/etc/nginx/snippets"));
    Files.writeString(directory.resolve("copy/etc/nginx/snippets/tls.conf"), "b;");
    Path site =
        Files.writeString(
            etc.resolve("matrix"),
            "a;\ninclude snippets/tls.conf;\ninclude /etc/nginx/mime.types;");
    Files.writeString(directory.resolve("copy/etc/nginx/mime.types"), "c;");
    Path main =
        Files.writeString(
            directory.resolve("copy/etc/nginx/nginx.conf"),
            "http { include /etc/nginx/sites-enabled/*; include /etc/nginx/none/*; }");
    assertThat(NginxFiles.read(main).get(0).block())
        .extracting(Directive::name)
        .containsExactly("a", "b", "c");
    assertThat(NginxFiles.read(site)).extracting(Directive::name).containsExactly("a", "b", "c");
  }

  @Test
  void aGlobIsOfTheNearestDirectoryEvenIfItIsEmpty() throws IOException {
    Path nginx = Files.createDirectories(directory.resolve("etc/nginx/conf.d")).getParent();
    Files.createDirectory(directory.resolve("etc/conf.d"));
    Files.writeString(directory.resolve("etc/conf.d/far.conf"), "a;");
    Files.writeString(directory.resolve("etc/far.conf"), "b;");
    Path main =
        Files.writeString(
            nginx.resolve("nginx.conf"),
            "http { c; include conf.d/*.conf; include *.inc; include f*.conf; }");
    assertThat(NginxFiles.read(main).get(0).block())
        .extracting(Directive::name)
        .containsExactly("c");
  }

  @Test
  void aDumpHasAllFilesInOne() throws IOException {
    Path dump =
        Files.writeString(
            directory.resolve("dump"),
            """
            nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
            # configuration file /etc/nginx/nginx.conf:
            http {
              include conf.d/*.conf;
            }
            # configuration file /etc/nginx/conf.d/b.conf:
            b;
            # configuration file /etc/nginx/conf.d/a.conf:

            a;
            """);
    Directive http = NginxFiles.read(dump).get(0);
    assertThat(http.block()).extracting(Directive::name).containsExactly("a", "b");
    assertThat(http.block().get(0).place()).hasToString("/etc/nginx/conf.d/a.conf:2");
  }

  @Test
  void aFileThatIncludesItselfEnds() throws IOException {
    Path main = Files.writeString(directory.resolve("nginx.conf"), "a;\ninclude nginx.conf;\n");
    assertThatThrownBy(() -> NginxFiles.read(main))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageMatching(
            ".*nginx.conf:1: .* are more than 100 deep; does a file include itself\\? \\[bad-nginx-file]");
  }

  @Test
  void whateverIsGivenIsReadOrRefusedInOneLine() {
    Fuzz.check(
        3_000,
        in -> {
          String text = in.text(CONFIGURATIONS::make);
          try {
            Site site = Site.parse("f", text);
            Question question =
                new Question(
                    site.servers().get(0).listen(), "h", "GET", "/a?b=c", List.of(), "192.0.2.1");
            assertThat(new Evaluator(site).decide(question)).isNotNull();
          } catch (ConfigurationException e) {
            assertThat(e).hasMessageMatching("(?s)\\S+:\\d+: .+");
          }
        });
  }

  @Test
  void longPatternsAndTextsTakeBoundedTime() {
    NginxRegex pattern = NginxRegex.of(new Place("f", 1), "a*a*a*a*a*a*b", false);
    assertThatThrownBy(() -> pattern.find("a".repeat(300)))
        .isInstanceOf(NginxRegex.TooLongException.class);
    NginxRegex edge = NginxRegex.of(new Place("f", 1), "^/a(?!b)(c|d)\\b", false);
    assertThat(edge.lines()).isEmpty();
    assertThat(edge.samples()).containsExactly("^()/a((c|d))");
    NginxRegex counted = NginxRegex.of(new Place("f", 1), "(a{1,999}){1,999}", false);
    assertThat(counted.lines()).isEmpty();
  }
}
