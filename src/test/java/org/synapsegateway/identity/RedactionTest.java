package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  private static final String SECRET = "s3cr3t-of-alice";

  private final Redaction redaction = new Redaction("a key");

  private String target(String target) {
    StringBuilder out = new StringBuilder();
    redaction.target(out, Slice.of(target));
    return out.toString();
  }

  private String hash(String secret) {
    StringBuilder out = new StringBuilder();
    redaction.secret(out, Slice.of(secret));
    return out.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/v3/sync?access_token=<S>",
        "/_matrix/client/v3/sync?access%5Ftoken=<S>",
        "/_matrix/client/v3/sync?%61ccess%5ftoken=<S>",
        "/_matrix/client/v3/sync?ACCESS_TOKEN=<S>",
        "/_matrix/client/v3/sync?access%255Ftoken=<S>",
        "/_matrix/client/v3/sync?since=s1;access_token=<S>",
        "/_matrix/client/v3/sync?since=s1&access_token=<S>&limit=1",
        "/_matrix/client/v3/sync?<S>",
        "/_matrix/client/v3/sync?=<S>",
        "/_synapse/client/password_reset/email/submit_token?client_secret=<S>",
        "/_matrix/client/v3/login?loginToken=<S>",
        "/_synapse/client/oidc/callback?code=<S>",
        "/_matrix/media/v3/preview_url?url=<S>",
        "/_synapse/admin/v1/registration_tokens/<S>",
        "/_synapse/admin/v1/registration%5Ftokens/<S>",
        "/_synapse/client/rendezvous/<S>",
        "https://example.org/?loginToken=<S>",
      })
  void aSecretBecomesItsHash(String target) {
    assertThat(target(target.replace("<S>", SECRET)))
        .isEqualTo(target.replace("<S>", hash(SECRET)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"syt_YWxpY2U_abcdef_1a2b3c", "mat_abcdef", "x%73yt_YWxpY2U_abcdef_1", "mct_a"})
  void whatLooksLikeATokenIsHiddenWhereverItStands(String token) {
    assertThat(target("/_matrix/client/v3/sync?since=" + token)).doesNotContain(token, "YWxpY2U");
    assertThat(target("/x/" + token + "/y")).startsWith("/x/#").endsWith("/y").hasSize(14);
    StringBuilder program = new StringBuilder();
    redaction.text(program, Slice.of("curl " + token));
    assertThat(program.toString()).startsWith("#").hasSize(9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/v3/sync?since=s72594_4483_1934&timeout=30000&filter=0&full_state=true",
        "/_matrix/client/v3/rooms/!a:b/messages?dir=b&from=t47&limit=30",
        "/_matrix/client/v3/directory/room/%23a%3Ab",
        "*",
        "/",
        "/x?",
      })
  void whatIsNoSecretStays(String target) {
    assertThat(target(target)).isEqualTo(target);
  }

  @Test
  void whatCouldForgeALineIsEscaped() {
    assertThat(target("/a\"b\\c\u0001\u00e9")).isEqualTo("/a\\u0022b\\u005cc\\u0001\\u00c3\\u00a9");
  }

  @ParameterizedTest
  @CsvSource({"Bearer tok,/sync", "'',/sync?access_token=tok", "'',/sync?a=1&access%5Ftoken=t%6fk"})
  void aDeviceHasOneHashWhereverItsTokenStands(String authorization, String target) {
    StringBuilder out = new StringBuilder();
    redaction.device(out, Slice.of(authorization), Slice.of(target));
    assertThat(out.toString()).isEqualTo(hash("tok"));
  }

  @Test
  void withoutKeyTheHashesAreThisProcesssOwn() {
    StringBuilder out = new StringBuilder();
    new Redaction("").secret(out, Slice.of(SECRET));
    assertThat(out.toString()).matches("#[0-9a-f]{8}").isNotEqualTo(hash(SECRET));
    assertThat(hash(SECRET)).isEqualTo(hash(SECRET));
  }
}
