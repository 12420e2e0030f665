package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

  private String text(String text) {
    StringBuilder out = new StringBuilder();
    redaction.text(out, Slice.of(text));
    return out.toString();
  }

  private String page(String address) {
    StringBuilder out = new StringBuilder();
    redaction.page(out, Slice.of(address));
    return out.toString();
  }

  private String method(String method) {
    StringBuilder out = new StringBuilder();
    redaction.method(out, Slice.of(method));
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
    assertThat(target("/sync/" + token + "/join"))
        .startsWith("/sync/#")
        .endsWith("/join")
        .hasSize(20);
    assertThat(text("curl " + token)).startsWith("curl #").hasSize(14);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/v3/sync?since=s72594_4483_1934&timeout=30000&filter=0&full_state=true",
        "/_matrix/client/v3/rooms/!a:b/messages?dir=b&from=t47&limit=30",
        "/_matrix/client/v3/directory/room/%23a%3Ab",
        "/_matrix/client/v3/rooms/!abc:example.org/event/$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg"
            + "?from=m5~1.7~2.9&user_id=@alice:example.org&dir=f",
        "/_matrix/federation/v1/state_ids/!abc:[2001:db8::1]:8448?event_id=$1:b.example",
        "*",
        "/",
        "/_matrix/client/versions?",
      })
  void whatIsNoSecretStays(String target) {
    assertThat(target(target)).isEqualTo(target);
  }

  @Test
  void whatCouldForgeALineIsEscaped() {
    assertThat(text("/a\"b\\c\u0001\u00e9")).isEqualTo("/a\\u0022b\\u005cc\\u0001\\u00c3\\u00a9");
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

  // ---- secrets of no form that anybody knows, wherever a client may put them

  private static final List<String> OPAQUE =
      List.of(
          "hunter2",
          "wfghWEGh3wgWHEf3478sHFWE",
          "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
          "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
          "correct-horse-battery-staple-9",
          "a.b-c~d_e9");

  private static final List<String> PLACES =
      List.of(
          "/_matrix/client/v3/sync&access_token=<S>",
          "/_matrix/client/v3/sync%3Faccess_token=<S>",
          "/_matrix/client/v3/sync;access_token=<S>",
          "/_matrix/client/v3/sync?since=s1%26access_token=<S>",
          "/_matrix/client/v3/sync?since=s1%2526access_token%253D<S>",
          "/_matrix/client/v3/sync?since=s1?access_token=<S>",
          "/_matrix/client/v3/sync?since=s1?access_token=x&limit=<S>",
          "/_matrix/client/v3/sync?device_id=<S>",
          "/_matrix/client/v3/sync?<S>=",
          "/_matrix/client/v3/sync?<S>",
          "/_matrix/client/v3/user/<S>/filter/0",
          "/_matrix/client/v3/<S>",
          "/<S>",
          "/_synapse/admin/v1/registration_tokens//<S>",
          "/_synapse/admin/v1/registration_tokens/<S>",
          "/_matrix/client/v1/register/m.login.registration_token/validity?token=<S>",
          "/_matrix/client/unstable/org.matrix.msc4140/delayed_events/<S>/cancel",
          "/_matrix/client/v1/delayed_events/<S>/restart",
          "/_synapse/client/password_reset/email/submit_token?token=<S>&client_secret=x&sid=1",
          "/_matrix/client/unstable/registration/email/submit_token?client_secret=<S>",
          "/_matrix/client/v3/login?loginToken=<S>",
          "/_matrix/client/v3/login/sso/redirect?redirectUrl=https://a/?x=<S>",
          "/_synapse/client/oidc/callback?code=<S>&state=1",
          "/_matrix/federation/v1/openid/userinfo?access_token=<S>",
          "/_synapse/client/unsubscribe?access_token=<S>&app_id=1",
          "/_matrix/media/v3/preview_url?url=https://u:<S>@h/",
          "http://u:<S>@h/_matrix/client/versions",
          "https://<S>@h/",
          "<S>",
          "u:<S>@h:1");

  @Test
  void noSecretIsShownInATarget() {
    for (String place : PLACES) {
      for (String secret : OPAQUE) {
        for (String written : spellings(secret)) {
          String shown = target(place.replace("<S>", written));
          assertThat(shown).as(place + " " + written).doesNotContain(written, secret);
        }
      }
    }
  }

  private static List<String> spellings(String secret) {
    String encoded = "%" + Integer.toHexString(secret.charAt(0)) + secret.substring(1);
    return List.of(secret, encoded, encoded.replace("%", "%25"), secret + "/" + secret);
  }

  @Test
  void ofAPageItsHostIsShownAndNoSecret() {
    for (String secret : OPAQUE) {
      for (String place :
          List.of(
              "https://alice:<S>@chat.example.org/x",
              "https://<S>@chat.example.org/",
              "https://chat.example.org/<S>",
              "https://chat.example.org/?loginToken=<S>",
              "https://chat.example.org/#/<S>",
              "https://chat.example.org?<S>")) {
        assertThat(page(place.replace("<S>", secret)))
            .startsWith("https://chat.example.org")
            .doesNotContain(secret);
      }
      assertThat(page(secret)).doesNotContain(secret);
    }
    assertThat(page("-")).isEqualTo("-");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mozilla/5.0 syl_YWxpY2U_abcdefghijkl_0abcde",
        "x wfghWEGh3wgWHEf3478sHFWE",
        "Bearer wfghWEGh3wgWHEf3478sHFWE",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc",
        "a/1.0 ?access_token=hunter2",
        "MDAxY2xvY2F0aW9uIGV4YW1wbGUuY29t",
      })
  void whatMayBeATokenIsNotShownInAProgramsName(String program) {
    String shown = text(program);
    for (String secret : program.split("[ .=]", -1)) {
      if (secret.length() > 11 || secret.equals("hunter2")) {
        assertThat(shown).doesNotContain(secret);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Element X/25.07.1 (OPPO PCDM10; Android 11; PCDM10_11_F.22; Sdk c5f2460e0)",
        "Synapse/1.98.0 (b=matrix-org-hotfixes,a1b2c3d4e)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0",
        "curl/8.5.0",
        "-",
      })
  void aProgramsNameStays(String program) {
    assertThat(text(program)).isEqualTo(program);
  }

  @Test
  void aMethodIsShownIfItIsMadeAsMethodsAre() {
    assertThat(List.of("GET", "PROPFIND", ""))
        .extracting(this::method)
        .containsExactly("GET", "PROPFIND", "-");
    OPAQUE.forEach(secret -> assertThat(method(secret)).doesNotContain(secret));
  }
}
