// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.settings.Listener.Kind;
import org.synapsegateway.settings.Listener.SocketFile;

class ListenersTest {
  private static Settings settings(String... keysAndValues) {
    Map<String, String> given = new java.util.HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      given.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new Settings(key -> Optional.ofNullable(given.get(key)));
  }

  private static List<Listener> listen(String text) {
    return settings("gateway.listen", text).listeners();
  }

  @Test
  void byDefaultItIsTheHostAndThePort() {
    Listener one = Settings.defaults().listeners().get(0);
    assertThat(Settings.defaults().listeners()).hasSize(1);
    assertThat(one).isEqualTo(Listener.http("127.0.0.1", 8008));
    assertThat(one.name()).isEqualTo(Setting.LISTEN.defaultValue());
    assertThat(settings("gateway.host", "::1", "gateway.port", "80").listeners())
        .containsExactly(Listener.http("::1", 80));
    assertThat(settings("gateway.host", "[::1]").listeners())
        .containsExactly(Listener.http("::1", 8008));
  }

  @Test
  void anEntryTellsWhatIsListenedOnAndHow() {
    List<Listener> all =
        listen(
            """
            https://[::]:443 http://[::]:80?redirect
            unix:/run/synapse-gateway/http.sock?mode=0666&owner=991&group=www-data&trusted
            https://10.0.0.5:8443?proxy-protocol fd:federation?https&proxy-protocol http://localhost:0""");
    assertThat(all)
        .containsExactly(
            new Listener(Kind.TCP, "::", 443, true, false, false, false, false, SocketFile.DEFAULT),
            new Listener(Kind.TCP, "::", 80, false, false, true, false, false, SocketFile.DEFAULT),
            new Listener(
                Kind.UNIX,
                "/run/synapse-gateway/http.sock",
                -1,
                false,
                false,
                false,
                false,
                true,
                new SocketFile(0666, "991", "www-data")),
            new Listener(
                Kind.TCP, "10.0.0.5", 8443, true, false, false, true, false, SocketFile.DEFAULT),
            new Listener(
                Kind.DESCRIPTOR,
                "federation",
                -1,
                true,
                false,
                false,
                true,
                false,
                SocketFile.DEFAULT),
            Listener.http("localhost", 0));
    assertThat(all)
        .extracting(Listener::name)
        .containsExactly(
            "https://[::]:443",
            "http://[::]:80",
            "unix:/run/synapse-gateway/http.sock",
            "https://10.0.0.5:8443",
            "fd:federation",
            "http://localhost:0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                   | write for example
          443                                  | write for example
          ftp://a:1                            | write for example
          HTTP://a:1                           | write for example
          http://a                             | a port is missing
          http://a:                            | only properties may follow
          http://:80                           | is no host
          http://[::1:80                       | is no host
          http://::1:80                        | is no host
          http://a:65536                       | at most 65535
          http://a:80/                         | only properties may follow
          http://u@a:80                        | only properties may follow
          http://a:80?                         | unknown property ""
          http://a:80?redirct                  | unknown property "redirct"
          http://a:80?redirect&redirect        | twice
          http://a:80?redirect=yes             | takes no value
          http://a:80?Redirect                 | unknown property
          http://a:80?https                    | write https://
          https://a:443?redirect               | redirect leads to https
          http://a:80?h2                       | only https takes h2
          fd:a?h2                              | only https takes h2
          https://a:443?h2=on                  | takes no value
          http://a:80?mode=0666                | for unix: only
          unix:run/a                           | absolute path
          unix:/run/                           | absolute path
          unix:/a?mode                         | takes a value
          unix:/a?mode=888                     | octal
          unix:/a?mode=4755                    | octal
          unix:/a?owner=                       | a name or a number
          unix:/a?redirect                     | redirects itself
          fd:                                  | FileDescriptorName=
          fd:a:b                               | FileDescriptorName=
          fd:a?redirect&https                  | redirect leads to https
          fd:a?group=b                         | for unix: only
          http://a:80 https://a:80             | the same address
          unix:/a unix:/a?trusted              | the same address
          fd:a fd:a                            | the same address
          """)
  void whatMakesNoSenseIsRefusedWithTheKeyAndTheEntry(String text, String why) {
    assertThatThrownBy(() -> Settings.check(Setting.LISTEN, text == null ? "" : text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("gateway.listen = \"")
        .hasMessageContaining(why);
  }

  @Test
  void aPathIsAtMostWhatTheKernelTakes() {
    assertThat(listen("unix:/" + "a".repeat(106))).hasSize(1);
    assertThatThrownBy(() -> listen("unix:/" + "a".repeat(107))).hasMessageContaining("107 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://127.0.0.1:80      | 0.0.0.0   | 8008 | gateway.host
          http://127.0.0.1:80      | 127.0.0.1 | 81   | gateway.port
          unix:/a http://0.0.0.0:1 | 0.0.0.0   | 8008 | gateway.host
          fd:a                     | 127.0.0.1 | 81   | gateway.port
          """)
  void hostAndPortMustNotContradictTheFirstEntry(
      String listen, String host, String port, String key) {
    assertThatThrownBy(
            () -> settings("gateway.listen", listen, "gateway.host", host, "gateway.port", port))
        .hasMessageStartingWith("gateway.listen begins with ")
        .hasMessageContaining("but " + key + " = ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://0.0.0.0:80", "http://[::]:80?redirect https://[::]:443"})
  void hostAndPortMayRepeatIt(String listen) {
    Settings settings =
        settings("gateway.listen", listen, "gateway.host", "0.0.0.0", "gateway.port", "80");
    assertThat(settings.listeners()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://127.0.0.1:443, false",
    "https://localhost:443, false",
    "https://[::1]:443, false",
    "https://192.168.3.4:443, false",
    "https://172.31.0.1:443, false",
    "https://[fd00::1]:443, false",
    "unix:/a?https, false",
    "https://172.32.0.1:443, true",
    "https://0.0.0.0:443, true",
    "https://[::]:443, true",
    "https://203.0.113.7:443, true",
    "https://matrix.example.com:443, true",
    "fd:https?https, true"
  })
  void anAddressTellsWhetherTheWorldMayCome(String entry, boolean isPublic) {
    assertThat(listen(entry).get(0).mayBePublic()).isEqualTo(isPublic);
  }
}
