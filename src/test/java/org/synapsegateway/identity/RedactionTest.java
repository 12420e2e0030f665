// SPDX-License-Identifier: Apache-2.0
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
        "/_matrix/client/v3/<S>",
        "/_matrix/client/v3/sync?from=<S>&<S>;to=<S>",
        "/_matrix/client/v3/devices/<S>",
        "/_matrix/client/v3/delete_devices?device_id=<S>",
        "/_matrix/client/unstable/org.matrix.msc4140/delayed_events/<S>/cancel",
        "/_matrix/client/v1/delayed_events//<S>",
        "/_synapse/admin/v1/registration_tokens//<S>",
        "/_matrix/federation/v1/openid/userinfo?access_token=<S>",
        "/_synapse/client/unsubscribe?app_id=<S>&pushkey=<S>&access_token=<S>",
        "/_matrix/media/v3/download/example.org:8448/<S>",
        "/_matrix/client/v3/profile/<S>",
        "http://<S>@example.org/_matrix/client/versions?access_token=<S>",
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

  /** What is no argument and no segment of Synapse's is hidden as a whole. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "/sync&access_token=s3cr3t,/#",
        "/sync%3Faccess_token=s3cr3t,/#",
        "/sync;access_token=s3cr3t,/#",
        "http://user:s3cr3t/_matrix/client/versions,http://#/_matrix/client/versions",
        "/sync?since=s1%26access_token=s3cr3t,/sync?since=#",
        "/sync?since=s1%2526access_token%253Ds3cr3t,/sync?since=#",
        "/sync?since=s1?access_token=s3cr3t,/sync?since=#",
        "/sync?s3cr3t=1&since=s1,/sync?#=#&since=s1",
        "/sync?=s3cr3t,/sync?=#",
        "/registration_tokens/sync,/registration_tokens/#",
        "/registration%255Ftokens/12345,/#/#",
        "/rooms/!s3cr3t/x,/rooms/#/x",
        "/rooms/$access_token=s3cr3t:h,/rooms/#",
        "HTTP://alice:s3cr3t@h/,#//#/",
        "/download/s3cr3t/x,/download/#/x",
      })
  void aPlaceThatSynapseDoesNotKnowIsHidden(String target, String shown) {
    assertThat(target(target).replaceAll("#[0-9a-f]{8}", "#")).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "https://alice:hunter22@chat.example.org/x,https://#@chat.example.org/x",
    "https://app.example.org/?loginToken=s3cr3t&dir=b#/room/s3cr3t,https://app.example.org/?loginToken=#&dir=##",
    "https://app/#token,https://app/#",
    "s3cr3t,#",
    "-,-",
  })
  void ofThePageBeforeOnlyTheOriginAndKnownWordsAreShown(String page, String shown) {
    StringBuilder out = new StringBuilder();
    redaction.page(out, Slice.of(page));
    assertThat(out.toString().replaceAll("#[0-9a-f]{8}", "#")).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mozilla/5.0 syl_YWxpY2U_abcdefghijkl_0abcde",
        "x MCT_abcdef",
        "curl mar_abcdef",
        "curl/8 (Bearer hunter2)",
        "curl/8 basic+YTpi",
        "curl/8?access%5Ftoken=hunter2",
        "curl/8?ACCESS%255FTOKEN=hunter2",
        "wfghWEGh3wgWHEf3478sHFWE",
        "a eyJhbGciOiJIUzI1NiJ9.e30.x",
        "a MDAxY2xvY2F0aW9uIGV4YW1wbGUub3Jn",
      })
  void aProgramThatTellsASecretIsHidden(String program) {
    StringBuilder out = new StringBuilder();
    redaction.text(out, Slice.of(program));
    assertThat(out.toString()).matches("#[0-9a-f]{8}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Element X/25.07.1 (OPPO PCDM10; Android 11; PCDM10_11_F.22; Sdk c5f2460e0)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0",
        "Synapse/1.163.2",
      })
  void otherProgramsAreShown(String program) {
    StringBuilder out = new StringBuilder();
    redaction.text(out, Slice.of(program));
    assertThat(out.toString()).isEqualTo(program);
  }

  @Test
  void aMethodThatHttpDoesNotKnowIsHidden() {
    StringBuilder out = new StringBuilder();
    redaction.method(out, Slice.of("GET"));
    redaction.method(out, Slice.of(SECRET));
    assertThat(out.toString()).isEqualTo("GET" + hash(SECRET));
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
        "/_matrix/client/v3/directory/room/%23%D1%82:example.org",
        "/_matrix/client/v3/user/@alice:example.org/account_data/m.direct",
        "/_matrix/client/v3/rooms/!rkP2-aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789_a/members",
        "/_matrix/federation/v1/event/$rkP2-aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789_a",
        "/_matrix/client/v3/rooms/!a:[2001:db8::1]:8448/state/m.room.member/@a:b",
        "/_matrix/client/v3/pushrules/global/override/.m.rule.master/enabled",
        "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?pos=5/s123_4&timeout=0",
        "/_matrix/client/v3/join/!a:b?via=example.org&via=example.com:8448",
        "/_matrix/key/v2/query/example.org?minimum_valid_until_ts=1700000000000",
        "/_synapse/admin/v2/users?from=0&limit=10&guests=false",
        "/.well-known/matrix/client",
        "https://example.org:8448/_matrix/client/versions",
        "*",
        "/",
        "/x?",
      })
  void whatIsNoSecretStays(String target) {
    assertThat(target(target)).isEqualTo(target);
  }

  @Test
  void whatCouldForgeALineIsEscaped() {
    StringBuilder out = new StringBuilder();
    redaction.text(out, Slice.of("/a\"b\\c\u0001\u00e9"));
    assertThat(out.toString()).isEqualTo("/a\\u0022b\\u005cc\\u0001\\u00c3\\u00a9");
    assertThat(target("/#\u00e9:example.org")).isEqualTo("/#\\u00c3\\u00a9:example.org");
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
