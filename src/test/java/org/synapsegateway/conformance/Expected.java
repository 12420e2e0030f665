// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.synapsegateway.wire.MalformedException;
import org.synapsegateway.wire.RawField;
import org.synapsegateway.wire.RawHead;
import org.synapsegateway.wire.RawMessage;
import org.synapsegateway.wire.Text;

/**
 * A message as it should arrive.
 *
 * <p>Compared in one of three ways: by meaning (what RFC 9110 lets a proxy change is ignored: case
 * of names, order of lines with different names, framing, fields that a proxy may add); verbatim
 * (the end-to-end lines in their bytes and their order); or exactly (every line of the head). The
 * body's content is always compared byte by byte.
 */
final class Expected {
  /** What a proxy may write itself, so that its place among the lines says nothing. */
  private static final Set<String> FRAMING =
      Set.of("content-length", "transfer-encoding", "connection", "keep-alive");

  private static final List<String> ADDED_TO_REQUESTS =
      List.of("host", "x-forwarded-for", "x-forwarded-proto", "via");
  private static final List<String> ADDED_TO_REPLIES = List.of("via", "date", "server");

  private final RawHead head;
  private final String content;
  private final boolean isRequest;

  private Expected(String text, boolean isRequest) {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IllegalArgumentException("the expected message has no empty line after its head");
    }
    try {
      head = RawHead.of(text.substring(0, end + 4));
    } catch (MalformedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    content = text.substring(end + 4);
    this.isRequest = isRequest;
  }

  static Expected request(String text) {
    return new Expected(text, true);
  }

  static Expected reply(String text) {
    return new Expected(text, false);
  }

  int status() {
    return head.status();
  }

  /** Fails unless the message is the expected one. */
  void check(RawMessage actual, boolean exactly, boolean verbatim) {
    same("start line", line(head, exactly), line(actual.head(), exactly), actual);
    if (exactly) {
      same("head", lines(head.fields()), lines(actual.head().fields()), actual);
    } else {
      checkMeaning(actual, verbatim);
    }
    same("body", content, actual.content(), actual);
  }

  private String line(RawHead of, boolean exactly) {
    // the reason phrase means nothing (RFC 9112 section 4)
    return isRequest || exactly ? of.line() : of.line().substring(0, 12).replace("1.0", "1.1");
  }

  private void checkMeaning(RawMessage actual, boolean verbatim) {
    List<String> added = isRequest ? ADDED_TO_REQUESTS : ADDED_TO_REPLIES;
    for (String name : added) {
      List<String> wanted = head.values(name);
      if (isRequest && !name.equals("via") || !wanted.isEmpty()) {
        same(name, wanted.toString(), actual.values(name).toString(), actual);
      }
    }
    List<RawField> wanted = endToEnd(head, added);
    List<RawField> got = endToEnd(actual.head(), added);
    if (verbatim) {
      same("fields", lines(wanted), lines(got), actual);
    } else {
      same("fields", byName(wanted).toString(), byName(got).toString(), actual);
    }
  }

  private static List<RawField> endToEnd(RawHead head, List<String> added) {
    List<RawField> fields = new ArrayList<>();
    for (RawField field : head.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      if (!FRAMING.contains(name) && !added.contains(name)) {
        fields.add(field);
      }
    }
    return fields;
  }

  private static Map<String, List<String>> byName(List<RawField> fields) {
    Map<String, List<String>> values = new TreeMap<>();
    for (RawField field : fields) {
      values
          .computeIfAbsent(field.name().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(field.value());
    }
    return values;
  }

  private static String lines(List<RawField> fields) {
    StringBuilder lines = new StringBuilder();
    fields.forEach(field -> lines.append(field.line()).append("\r\n"));
    return lines.toString();
  }

  private static void same(String what, String wanted, String got, RawMessage message) {
    if (!wanted.equals(got)) {
      throw new AssertionError(
          what
              + " should be \""
              + Text.show(wanted)
              + "\" and is \""
              + Text.show(got)
              + "\" in \""
              + message
              + "\"");
    }
  }
}
