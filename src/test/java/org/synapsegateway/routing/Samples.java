// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.request.Request;
import org.synapsegateway.routing.pattern.Automaton;
import org.synapsegateway.routing.pattern.PatternParser;

/** Requests and patterns for tests. */
public final class Samples {
  private static final String[] WORDS = {
    "_matrix",
    "_synapse",
    "client",
    "federation",
    "media",
    "key",
    "admin",
    "api/v1",
    "r0",
    "v1",
    "v2",
    "v3",
    "unstable",
    "rooms",
    "sync",
    "events",
    "initialSync",
    "state",
    "send",
    "typing",
    "typing-1",
    "messages",
    "members",
    "joined_members",
    "context",
    "relations",
    "receipt",
    "read_markers",
    "tags",
    "account_data",
    "user",
    "users",
    "filter",
    "devices",
    "keys",
    "upload",
    "query",
    "join",
    "aliases",
    "room",
    "event",
    "redact",
    "presence",
    "pushrules",
    "!r:example.org",
    "!r%3Aexample.org",
    "$e",
    "x",
    "",
    ".",
    "..",
    "%2F",
    "profile",
    "@u:example.org",
    "publicRooms",
    "search",
    "summary",
  };

  private Samples() {}

  public static RequestHead head(String method, String target) {
    return head(method, target, "");
  }

  public static RequestHead head(String method, String target, String fields) {
    try {
      return RequestHead.of(
          method + " " + target + " HTTP/1.1\r\nHost: example.org\r\n" + fields + "\r\n");
    } catch (HttpException e) {
      throw new IllegalArgumentException(method + " " + target, e);
    }
  }

  public static Request request(String method, String target) {
    return request(head(method, target), "203.0.113.7");
  }

  public static Request request(RequestHead head, String address) {
    InetAddress inet = AddressSet.numeric(address);
    return new Request(head, new Client(address, inet, "http"), null, null, interim -> {});
  }

  public static Automaton automaton(String lines) {
    return new Automaton(Map.of(0, PatternParser.parse(lines)));
  }

  public static boolean matches(String lines, String method, String target) {
    return automaton(lines).match(head(method, target)).contains(0);
  }

  /** The lines of Synapse's documentation, each as a pattern of its own. */
  public static List<String> documentedLines() {
    try (InputStream in = Samples.class.getResourceAsStream("/routing/workers-1.157.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("^") || line.startsWith("/"))
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A path that resembles Synapse's, or makes fun of them. */
  public static String path(Random random) {
    StringBuilder path = new StringBuilder();
    if (random.nextInt(4) > 0) {
      path.append("/_matrix/client/").append(WORDS[7 + random.nextInt(6)]);
    }
    int segments = 1 + random.nextInt(6);
    for (int i = 0; i < segments; i++) {
      path.append('/').append(WORDS[random.nextInt(WORDS.length)]);
      if (random.nextInt(12) == 0) {
        path.append((char) ('!' + random.nextInt(2)));
      }
    }
    return path.toString();
  }

  /** A path that matches a documented line, with something put into its wild places. */
  public static String pathLike(String line, Random random) {
    String path = line.replaceFirst("^\\^", "").replaceFirst("\\$$", "");
    while (path.contains("(")) {
      int open = path.lastIndexOf('(');
      int close = path.indexOf(')', open);
      List<String> branches =
          new ArrayList<>(List.of(path.substring(open + 1, close).split("\\|", -1)));
      String branch = branches.get(random.nextInt(branches.size())).replace("$", "");
      boolean optional = path.startsWith("?", close + 1);
      path =
          path.substring(0, open)
              + (optional && random.nextBoolean() ? "" : branch)
              + path.substring(close + (optional ? 2 : 1));
    }
    while (path.contains("[^/]+")) {
      path = path.replaceFirst("\\[\\^/]\\+", "!r" + random.nextInt(100));
    }
    while (path.contains(".*")) {
      String wild = path(random).substring(random.nextInt(2));
      path = path.replaceFirst("\\.\\*", java.util.regex.Matcher.quoteReplacement(wild));
    }
    return switch (random.nextInt(4)) {
      case 0 -> path + path(random);
      case 1 -> path + "x";
      case 2 -> path.substring(0, 1 + random.nextInt(path.length()));
      default -> path;
    };
  }
}
