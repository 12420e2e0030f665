// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.synapsegateway.TestGateway;
import org.synapsegateway.wire.RawClient;

/** Secrets in every place of requests, in every spelling, and none in what the gateway tells. */
class ToldSecretsTest {
  /** Opaque, and of each form that tokens have; the mark is in all of them. */
  private static final List<String> SECRETS =
      List.of(
          "zqSECRETqz",
          "syt_zqSECRETqz_abcdefghijkl_0abcde",
          "syl_zqSECRETqz_abcdefghijkl_0abcde",
          "mat_zqSECRETqz",
          "mct_zqSECRETqz",
          "mar_zqSECRETqz",
          "MDAxY2xvY2F0aW9uIzqSECRETqzGV4YW1wbGUub3Jn",
          "eyJhbGciOiJIUzI1NiJ9.zqSECRETqz.x");

  /** Targets; {@code <S>} is the secret. */
  private static final List<String> TARGETS =
      List.of(
          "/_matrix/client/v3/sync?access_token=<S>",
          "/_matrix/client/v3/sync?access%5Ftoken=<S>&since=s1",
          "/_matrix/client/v3/sync?access%255ftoken=<S>",
          "/_matrix/client/v3/sync?ACCESS_TOKEN=<S>",
          "/_matrix/client/v3/sync?access+token=<S>",
          "/_matrix/client/v3/sync&access_token=<S>",
          "/_matrix/client/v3/sync%3Faccess_token=<S>",
          "/_matrix/client/v3/sync;access_token=<S>",
          "/_matrix/client/v3/sync?since=s1?access_token=<S>",
          "/_matrix/client/v3/sync?since=s1%26access_token=<S>",
          "/_matrix/client/v3/sync?since=s1%2526access_token%253D<S>",
          "/_matrix/client/v3/sync?since=<S>&from=<S>;filter=<S>",
          "/_matrix/client/v3/sync?<S>",
          "/_matrix/client/v3/sync?<S>=1&=<S>",
          "/_matrix/client/v3/sync#access_token=<S>",
          "/_matrix/client/v3/delete_devices?device_id=<S>&user_id=<S>&via=<S>",
          "/_matrix/client/v3/user/<S>/filter/<S>",
          "/_matrix/client/v3/rooms/<S>/send/<S>/<S>",
          "/_matrix/client/v3/login?loginToken=<S>",
          "/_matrix/client/v3/login/sso/redirect/<S>?redirectUrl=https://x/<S>",
          "/_matrix/client/v1/register/m.login.registration_token/validity?token=<S>",
          "/_matrix/client/unstable/registration/email/submit_token?token=<S>&client_secret=<S>&sid=<S>",
          "/_matrix/client/unstable/add_threepid/email/submit_token?token=<S>&nextLink=<S>",
          "/_synapse/client/password_reset/email/submit_token?sid=<S>&client_secret=<S>&token=<S>",
          "/_synapse/client/unsubscribe?access_token=<S>&app_id=<S>&pushkey=<S>",
          "/_synapse/client/oidc/callback?code=<S>&state=<S>",
          "/_matrix/federation/v1/openid/userinfo?access_token=<S>",
          "/_matrix/client/unstable/org.matrix.msc4140/delayed_events/<S>/restart",
          "/_matrix/client/v1/delayed_events/<S>",
          "/_synapse/admin/v1/registration_tokens/<S>",
          "/_synapse/admin/v1/registration_tokens//<S>",
          "/_synapse/admin/v1/registration%5Ftokens/<S>",
          "/_synapse/client/rendezvous/<S>",
          "/_matrix/media/v3/preview_url?url=https://u:<S>@h/<S>",
          "/_matrix/media/v3/download/<S>/<S>",
          "http://u:<S>@h/<S>",
          "http://<S>@h/",
          "<S>",
          "/<S>\u0001");

  private static final List<String> FIELDS =
      List.of(
          "Referer: https://alice:<S>@chat.example.org/x?t=<S>#<S>\r\n",
          "Referer: https://chat.example.org/<S>?loginToken=<S>\r\n",
          "Referer: <S>\r\n",
          "Authorization: Bearer <S>\r\n",
          "Authorization: Basic <S>\r\n",
          "Authorization: <S>\r\n",
          "User-Agent: x Bearer <S>\r\n",
          "User-Agent: x access_token=<S>\r\n");

  private static final List<UnaryOperator<String>> SPELLINGS =
      List.of(s -> s, ToldSecretsTest::escaped, s -> escaped(s).replace("%", "%25"));

  @TempDir Path directory;

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      out.append('%').append(Integer.toHexString(b));
    }
    return out.toString();
  }

  private static List<String> requests() {
    List<String> requests = new ArrayList<>();
    for (String secret : SECRETS) {
      for (UnaryOperator<String> spelling : SPELLINGS) {
        String spelt = spelling.apply(secret);
        for (String target : TARGETS) {
          requests.add(request("GET", target, "").replace("<S>", spelt));
        }
        for (String field : FIELDS) {
          requests.add(request("GET", "/x", field).replace("<S>", spelt));
        }
      }
      requests.add(request(secret, "/x", ""));
      if (!secret.equals(SECRETS.get(0))) {
        requests.add(request("GET", "/x", "User-Agent: curl/8 (" + secret + ")\r\n"));
      }
    }
    return requests;
  }

  private static String request(String method, String target, String fields) {
    return method
        + " "
        + target
        + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
        + fields
        + "\r\n";
  }

  private static void assertTellsNone(String text) {
    for (UnaryOperator<String> spelling : SPELLINGS) {
      assertThat(text).doesNotContainIgnoringCase(spelling.apply("zqSECRETqz"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"combined", "json"})
  void noSecretIsTold(String format) throws Exception {
    Path log = directory.resolve("access.log");
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> mainLog = new ListAppender<>();
    mainLog.start();
    root.addAppender(mainLog);
    List<String> requests = requests();
    try (TestGateway gateway =
        TestGateway.shipped(
            directory, "gateway.access-log", format, "gateway.access-log.file", log.toString())) {
      for (String request : requests) {
        try (RawClient client = gateway.client()) {
          assertTellsNone(client.send(request).readToEnd());
        }
      }
      assertTellsNone(gateway.metrics());
      for (String page : List.of("/", "/observe/status", "/observe/health")) {
        assertTellsNone(gateway.manage("GET", page).body());
      }
      await()
          .until(
              () -> Files.exists(log) ? Files.readAllLines(log).size() : 0,
              lines -> lines == requests.size());
    } finally {
      root.detachAppender(mainLog);
    }
    Files.readAllLines(log).forEach(ToldSecretsTest::assertTellsNone);
    List<ILoggingEvent> events = List.copyOf(mainLog.list);
    events.forEach(event -> assertTellsNone(event.getFormattedMessage()));
  }
}
