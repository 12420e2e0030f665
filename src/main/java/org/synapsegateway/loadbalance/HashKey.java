package org.synapsegateway.loadbalance;

import org.synapsegateway.http.Request;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.MediaKey;
import org.synapsegateway.identity.OriginKey;
import org.synapsegateway.identity.RoomKey;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.UserKey;

/** What the requests of a group are balanced by. Safe for any thread. */
enum HashKey {
  /** The user, as {@link UserKey} finds it. */
  USER {
    @Override
    Slice find(Request request) {
      RequestHead head = request.head();
      return Slice.of(head.bytes(), UserKey.find(head));
    }
  },
  /** The room in the path, as {@link RoomKey} finds it; the user where there is none. */
  ROOM {
    @Override
    Slice find(Request request) {
      Slice room = RoomKey.find(request.head());
      return room.isEmpty() ? USER.find(request) : room;
    }
  },
  /** The file to download, as {@link MediaKey} finds it; the user where there is none. */
  MEDIA {
    @Override
    Slice find(Request request) {
      Slice file = MediaKey.find(request.head());
      return file.isEmpty() ? USER.find(request) : file;
    }
  },
  /** The server that signed the request, as {@link OriginKey} finds it; else the address. */
  ORIGIN {
    @Override
    Slice find(Request request) {
      Slice origin = OriginKey.find(request.head());
      return origin.isEmpty() ? CLIENT_ADDRESS.find(request) : origin;
    }
  },
  /** The address of the client, behind trusted proxies the one that they name. */
  CLIENT_ADDRESS {
    @Override
    Slice find(Request request) {
      return Slice.of(request.client().address());
    }
  },
  /** The path without the query, as it was sent. */
  PATH {
    @Override
    Slice find(Request request) {
      RequestHead head = request.head();
      return Slice.of(head.bytes(), head.pathStart(), head.pathEnd());
    }
  },
  /** The path and the query, as they were sent, so that equal questions meet. */
  TARGET {
    @Override
    Slice find(Request request) {
      RequestHead head = request.head();
      return Slice.of(head.bytes(), head.pathStart(), head.queryEnd());
    }
  };

  /** The key; empty if the request has none. */
  abstract Slice find(Request request);
}
