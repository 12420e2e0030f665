package org.synapsegateway.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** The reply to whoami: a JSON object with the member {@code user_id}. Safe for any thread. */
final class WhoAmIReply {
  private static final JsonFactory JSON = new JsonFactory();

  private WhoAmIReply() {}

  /** The key of the user that the reply names; {@link Slice#EMPTY} if it is no such reply. */
  static Slice userKey(byte[] body) {
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Slice.EMPTY;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isUserId = json.currentName().equals("user_id");
        JsonToken value = json.nextToken();
        if (isUserId) {
          return value == JsonToken.VALUE_STRING
              ? UserId.key(Slice.of(json.getText()))
              : Slice.EMPTY;
        }
        json.skipChildren();
      }
      return Slice.EMPTY;
    } catch (IOException e) {
      // not JSON, so not Synapse's reply
      return Slice.EMPTY;
    }
  }
}
