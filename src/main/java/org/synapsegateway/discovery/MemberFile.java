// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.synapsegateway.fault.Reason;

/**
 * A list of workers in a file, which is read each second: a JSON object {@code
 * {"workers":[{"server":"tcp:host:8083","weight":2,"drain":true}]}}. Any other content is ignored,
 * for instance a file that is only half written.
 */
public final class MemberFile implements MemberSource {
  private static final long MAX_BYTES = 1 << 20;
  private static final String TCP = "tcp:";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private final EventExecutor loop;
  private final Path file;

  /**
   * @param loop the thread that reads it; not a loop that serves requests
   */
  public MemberFile(EventExecutor loop, Path file) {
    this.loop = loop;
    this.file = file;
  }

  private record Content(@JsonProperty(value = "workers", required = true) List<Entry> workers) {}

  private record Entry(
      @JsonProperty(value = "server", required = true) String server,
      @JsonProperty("weight") Integer weight,
      @JsonProperty("drain") Boolean drain) {
    Member member() {
      if (server == null) {
        throw new IllegalArgumentException("a worker has no server");
      }
      if (weight != null && weight < 1) {
        throw new IllegalArgumentException(server + " has the weight " + weight + "; least is 1");
      }
      String text = server.startsWith(TCP) ? server.substring(TCP.length()) : server;
      return new Member(text, server, weight == null ? 0 : weight, Boolean.TRUE.equals(drain));
    }
  }

  @Override
  public EventExecutor loop() {
    return loop;
  }

  @Override
  public void ask(Consumer<Answer> answer) {
    answer.accept(read());
  }

  private Answer read() {
    try {
      return Answer.of(members(), Rounds.MIN_SECONDS);
    } catch (NoSuchFileException e) {
      return bad(AnswerFailure.UNKNOWN, "it does not exist");
    } catch (UnrecognizedPropertyException e) {
      return bad(
          AnswerFailure.UNUSABLE,
          "%s\"%s\" is no key here; there are %s"
              .formatted(place(e), e.getPropertyName(), keys(e)));
    } catch (JsonProcessingException e) {
      return bad(
          AnswerFailure.UNUSABLE, "it is no list of workers, " + place(e) + e.getOriginalMessage());
    } catch (AccessDeniedException e) {
      return bad(AnswerFailure.NO_ANSWER, "the gateway's user may not read it");
    } catch (IOException e) {
      return bad(AnswerFailure.NO_ANSWER, "it cannot be read: " + Reason.of(e));
    } catch (IllegalArgumentException e) {
      return bad(AnswerFailure.UNUSABLE, Reason.of(e));
    }
  }

  private static List<String> keys(UnrecognizedPropertyException e) {
    return e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
  }

  private static Answer bad(AnswerFailure trouble, String why) {
    return Answer.none(trouble, why, Rounds.MIN_SECONDS);
  }

  private static String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null || at.getLineNr() < 1 ? "" : "line " + at.getLineNr() + ": ";
  }

  private List<Member> members() throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new IllegalArgumentException("it is no file"); // a pipe would never end
    }
    if (attributes.size() > MAX_BYTES) {
      throw new IllegalArgumentException("it has more than " + MAX_BYTES + " bytes");
    }
    Content content = JSON.readValue(Files.readAllBytes(file), Content.class);
    List<Entry> entries = content == null ? null : content.workers; // null is JSON too
    if (entries == null || entries.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("its workers, or one of them, are null");
    }
    return entries.stream().map(Entry::member).toList();
  }
}
