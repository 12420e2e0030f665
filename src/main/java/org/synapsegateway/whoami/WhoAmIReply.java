// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.UserId;

/**
 * The reply to whoami, a login or a registration: a JSON object with the members {@code user_id}
 * and, but for whoami, {@code access_token}.
 *
 * @param user the key of the user; {@link Slice#EMPTY} if it is no such reply
 * @param token the access token, a secret; {@link Slice#EMPTY} if there is none
 */
record WhoAmIReply(Slice user, Slice token) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final WhoAmIReply NONE = new WhoAmIReply(Slice.EMPTY, Slice.EMPTY);

  /** Reads a reply; an incomplete one has neither user nor token. */
  static WhoAmIReply of(byte[] body) {
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return NONE;
      }
      Slice user = null;
      Slice token = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        boolean isText = json.nextToken() == JsonToken.VALUE_STRING;
        Slice text = isText ? Slice.of(json.getText()) : Slice.EMPTY;
        json.skipChildren();
        // if a name is there twice, the first one is used
        if (name.equals("user_id") && user == null) {
          user = UserId.key(text);
        } else if (name.equals("access_token") && token == null) {
          token = text;
        }
      }
      return json.currentToken() == JsonToken.END_OBJECT
          ? new WhoAmIReply(orEmpty(user), orEmpty(token))
          : NONE;
    } catch (IOException e) {
      // not JSON, so not Synapse's reply
      return NONE;
    }
  }

  private static Slice orEmpty(@Nullable Slice text) {
    return text == null ? Slice.EMPTY : text;
  }

  @Override
  public String toString() {
    return "whoami reply";
  }
}
