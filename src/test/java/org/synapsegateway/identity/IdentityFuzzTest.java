// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

/** Who asks, asked of requests that mean harm. */
class IdentityFuzzTest {
  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

  private static final Mutation TARGETS =
      new Mutation(
          List.of(
              "/_matrix/client/v3/rooms/%21r:example.org/send/m.room.message/1?access_token=syt_YQ_b_1",
              "/_matrix/client/v3/sync?since=s1&timeout=30000&full_state=true",
              "/_matrix/client/v3/directory/room/%23a%3Ab?user_id=%40a%3Ab;user_id=@c:d",
              "/_matrix/client/v1/media/thumbnail/example.org/abc/name?width=1",
              "/_matrix/federation/v1/send/1",
              "/initialSync"),
          List.of(
              "%",
              "%2",
              "%21",
              "%23",
              "%00",
              "%80",
              "+",
              "&",
              ";",
              "=",
              "?",
              "/",
              "!",
              "#",
              "/download/",
              "/thumbnail/",
              "access_token=",
              "user_id=@",
              "syt_",
              "_",
              "mat_",
              "timeout=99999999999",
              "\377"));

  private static final Mutation CREDENTIALS =
      new Mutation(
          List.of(
              "Bearer syt_YWxpY2U_abc_1",
              "Bearer mat_abc",
              "Bearer MDAwabc",
              "X-Matrix origin=\"a.org\",destination=b.org,key=\"ed25519:1\",sig=\"a\\\"b\"",
              "X-Matrix origin=a.org, key=k"),
          List.of(
              "Bearer ",
              "X-Matrix ",
              "syt_",
              "_",
              "origin=",
              "\"",
              "\\",
              "=",
              ",",
              " ",
              "\t",
              "\r\nAuthorization: ",
              "\r\nauthorization:X-Matrix origin=b.org",
              "[",
              "\377"));

  private static String unfiltered(Random random) {
    String target = TARGETS.make(random);
    StringBuilder path = new StringBuilder();
    // nearly always a target, so that nearly always a head
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      path.append(c > ' ' && c != 0x7f && c != '#' || random.nextInt(50) == 0 ? c : '%');
    }
    String field = random.nextInt(4) == 0 ? "" : "Authorization: " + CREDENTIALS.make(random);
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: a\r\n"
        + field
        + (field.isEmpty() ? "\r\n" : "\r\n\r\n");
  }

  @Test
  void whatIsFoundInARequestLiesWithinIt() {
    Fuzz.check(
        20_000,
        in -> {
          RequestHead head;
          try {
            head = RequestHead.of(in.text(IdentityFuzzTest::unfiltered));
          } catch (HttpException e) {
            return;
          }
          assertWithin(head, AccessToken.of(head).text());
          assertWithin(head, OriginKey.find(head));
          assertWithin(head, RoomKey.find(head));
          assertWithin(head, MediaKey.find(head));
          assertWithin(head, QueryArguments.first(head, "access_token"));
          assertWithin(head, QueryArguments.first(head, "user_id"));
          assertWithin(head, Slice.of(head.bytes(), UserKey.find(head)));
          assertWithin(head, Slice.of(head.bytes(), head.argument("since")));
          assertThat(MasqueradedUser.key(head).length()).isLessThan(2 * head.length());
          assertThat(SyncCost.of(head)).isBetween(1, SyncCost.INITIAL);
          assertThat(LongPoll.millis(head)).isBetween(0L, 9_999_999L);
        });
  }

  private static void assertWithin(RequestHead head, Slice found) {
    assertThat(found.start()).isBetween(0, found.end());
    assertThat(found.end()).isLessThanOrEqualTo(found.array().length);
    assertThat(found.length()).isLessThan(head.length());
    if (found.array() == head.bytes()) {
      assertThat(found.end()).isLessThanOrEqualTo(head.length());
    }
  }

  @Test
  void anOriginIsAServersNameAndATokenIsVisible() {
    Fuzz.check(
        10_000,
        in -> {
          RequestHead head;
          try {
            head = RequestHead.of(in.text(IdentityFuzzTest::unfiltered));
          } catch (HttpException e) {
            return;
          }
          assertThat(OriginKey.find(head).text()).matches("[A-Za-z0-9.:\\[\\]-]{0,261}");
          assertThat(AccessToken.of(head).text().text()).matches("[!-~]*");
        });
  }

  @Test
  void whatIsEncodedInAnyWayIsDecodedToItself() {
    Fuzz.check(
        10_000,
        in -> {
          String plain =
              in.text(random -> Mutation.pieces(random, 20, "a", "%", "+", " ", "\377", "2"));
          StringBuilder encoded = new StringBuilder();
          for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            boolean asIs = c != '%' && c != '+' && in.oneIn(2);
            encoded.append(
                asIs ? String.valueOf(c) : String.format(in.of("%%%02x", "%%%02X"), (int) c));
          }
          byte[] b = encoded.toString().getBytes(StandardCharsets.ISO_8859_1);

          for (Slice decoded :
              List.of(
                  PercentCoding.decodeSegment(b, 0, b.length),
                  PercentCoding.decodeArgument(b, 0, b.length))) {
            assertThat(new String(decoded.toArray(), StandardCharsets.ISO_8859_1)).isEqualTo(plain);
          }
          if (plain.chars().allMatch(c -> c < 0x80)) {
            assertThat(PercentCoding.isArgument(b, 0, b.length, plain)).isTrue();
          }
        });
  }

  @Test
  void aUserHasOneKeyByNameAndByToken() {
    Fuzz.check(
        5_000,
        in -> {
          String localpart =
              "a" + in.text(random -> Mutation.pieces(random, 20, "b", ".", "=", "_", "/", "\377"));
          String base64 = BASE64.encodeToString(localpart.getBytes(StandardCharsets.UTF_8));
          String token = "syt_" + base64 + "_abc_1";
          RequestHead byField = Heads.head("/", "Authorization: Bearer " + token);
          RequestHead byArgument = Heads.head("/?access_token=" + token);

          assertThat(UserId.key(Slice.of("@" + localpart + ":h")).text()).isEqualTo(base64);
          assertThat(byField.text(UserKey.find(byField))).isEqualTo(base64);
          assertThat(byArgument.text(UserKey.find(byArgument))).isEqualTo(base64);
          assertThat(AccessToken.of(byField).kind()).isEqualTo(AccessToken.Kind.SYT);
          assertThat(SytToken.localpart(AccessToken.of(byField).text()).text()).isEqualTo(base64);
        });
  }
}
