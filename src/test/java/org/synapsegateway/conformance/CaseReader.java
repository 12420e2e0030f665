// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.synapsegateway.conformance.Case.Action;
import org.synapsegateway.conformance.Case.Step;

/** Reads cases from text; the README beside the files describes the format. */
final class CaseReader {
  private final String group;
  private final String forwarded;
  private final List<Case> cases = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final List<String[]> items = new ArrayList<>();
  private int begin;

  private CaseReader(String group, String scheme) {
    this.group = group;
    this.forwarded = "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: " + scheme;
  }

  /** Reads all files of a directory, in the order of their names. */
  static List<Case> readAll(Path directory) throws IOException {
    return readAll(directory, "http");
  }

  /**
   * The same.
   *
   * @param scheme how clients speak to the proxy: {@code http} or {@code https}
   */
  static List<Case> readAll(Path directory, String scheme) throws IOException {
    List<Case> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".txt")).sorted().toList()) {
        String group = file.getFileName().toString().replace(".txt", "");
        if (directory.endsWith("http2")) {
          group = "http2/" + group;
        }
        all.addAll(read(group, Files.readAllLines(file), scheme));
      }
    }
    return all;
  }

  /** Reads the cases of one file. */
  static List<Case> read(String group, List<String> text) {
    return read(group, text, "http");
  }

  private static List<Case> read(String group, List<String> text, String scheme) {
    CaseReader reader = new CaseReader(group, scheme);
    for (int i = 0; i < text.size(); i++) {
      String line = text.get(i);
      if (line.startsWith("== ")) {
        reader.endCase();
        reader.begin = i;
      }
      if (line.startsWith("each ")) {
        reader.items.add(line.substring(5).trim().split(" +", -1));
        line = "";
      }
      reader.lines.add(line);
    }
    reader.endCase();
    return reader.cases;
  }

  private void endCase() {
    if (lines.stream().anyMatch(line -> line.startsWith("== "))) {
      List<List<String>> products = List.of(List.of());
      for (String[] each : items) {
        products = products.stream().flatMap(product -> with(product, each)).toList();
      }
      for (List<String> product : products) {
        cases.add(new OneCase(product).read());
      }
    }
    lines.clear();
    items.clear();
  }

  private static Stream<List<String>> with(List<String> product, String... items) {
    return Stream.of(items).map(item -> Stream.concat(product.stream(), Stream.of(item)).toList());
  }

  /** One case, with an item of each {@code each} put in. */
  private final class OneCase {
    private static final String NAMES = "xyz";

    private final List<String> product;
    private final Http2Words http2 = new Http2Words();
    private final List<Step> steps = new ArrayList<>();
    private String name = "";
    private String source = "";
    private Level level = Level.MUST;
    private Stage.Opening stage = Stage.Opening.READY;
    private int requests;
    private boolean unfinished;
    private boolean verbatim;
    private String clientBytes = "";
    private String workerBytes = "";
    private String blockMark = "";
    private String blockText;
    private int blockLine;
    private boolean bytewise;

    OneCase(List<String> product) {
      this.product = product;
    }

    Case read() {
      int at = begin;
      try {
        for (String line : lines) {
          at++;
          line(at, put(line));
        }
        endBlock();
      } catch (RuntimeException e) {
        throw new IllegalArgumentException(group + ".txt:" + at + ": " + e.getMessage(), e);
      }
      if (source.isEmpty() || steps.isEmpty()) {
        throw new IllegalArgumentException(
            group + ".txt:" + (begin + 1) + ": a case needs a source and steps");
      }
      return new Case(
          group,
          product.isEmpty() ? name : name + " [" + put(label()) + "]",
          source,
          level,
          begin + 1,
          stage,
          requests,
          unfinished,
          verbatim,
          clientBytes + http2.clientBytes(),
          workerBytes,
          List.copyOf(steps));
    }

    /** Items may name those of an {@code each} before them. */
    private String put(String line) {
      String text = line;
      for (int i = product.size() - 1; i >= 0; i--) {
        text = text.replace("$" + NAMES.charAt(i), product.get(i));
      }
      return text;
    }

    private String label() {
      return String.join(" ", product);
    }

    private void line(int number, String line) {
      String mark = line.isBlank() ? "" : line.split(" ", 2)[0];
      boolean newReply = mark.equals("<") && isReplyBegin(line);
      if (!mark.equals(blockMark) || newReply) {
        endBlock();
      }
      switch (mark) {
        case "" -> {}
        case ">", ">>", "<<", "<" -> block(number, mark, line);
        default -> {
          if (!line.startsWith("#")) {
            word(number, mark, line.substring(Math.min(line.length(), mark.length() + 1)));
          }
        }
      }
    }

    private static boolean isReplyBegin(String line) {
      return line.startsWith("< HTTP/") || line.matches("< [0-9a-z|]+");
    }

    private void block(int number, String mark, String line) {
      if (blockText == null) {
        blockMark = mark;
        blockText = "";
        blockLine = number;
      }
      String text = line.length() > mark.length() ? line.substring(mark.length() + 1) : "";
      if (text.equals("$forwarded")) {
        blockText += forwarded + "\r\n";
      } else if (Escapes.endsWithBackslash(text)) {
        blockText += Escapes.decode(text.substring(0, text.length() - 1));
      } else {
        blockText += Escapes.decode(text) + "\r\n";
      }
    }

    private void endBlock() {
      String text = blockText;
      String mark = blockMark;
      blockText = null;
      blockMark = "";
      if (text == null) {
        return;
      }
      switch (mark) {
        case ">" -> {
          boolean slowly = bytewise;
          bytewise = false;
          clientBytes += text;
          step(blockLine, "> (send)", scene -> scene.send(text, slowly));
        }
        case "<<" -> {
          workerBytes += text;
          step(blockLine, "<< (reply)", scene -> scene.workerSends(text));
        }
        case ">>" -> {
          requests++;
          Expected expected = Expected.request(text);
          step(blockLine, ">> (request)", scene -> scene.expectRequest(expected));
        }
        default -> {
          if (text.startsWith("HTTP/")) {
            Expected expected = Expected.reply(text);
            step(blockLine, "< (reply)", scene -> scene.expectReply(expected));
          } else {
            List<String> allowed = List.of(text.trim().split("\\|", -1));
            step(blockLine, "< " + text.trim(), scene -> scene.expectStatus(allowed));
          }
        }
      }
    }

    private void word(int number, String word, String rest) {
      String argument = rest.trim();
      switch (word) {
        case "==" -> name = rest;
        case "source" -> source += (source.isEmpty() ? "" : "; ") + rest;
        case "level" -> level = Level.valueOf(argument);
        case "workers" -> stage = Stage.Opening.valueOf(argument.toUpperCase(Locale.ROOT));
        case "unfinished" -> unfinished = true;
        case "verbatim" -> verbatim = true;
        case "bytewise" -> bytewise = true;
        default -> step(number, word + " " + argument, action(word, argument));
      }
    }

    private Action action(String word, String argument) {
      return switch (word) {
        case ">>any" -> awaiting(Scene::expectAnyRequest);
        case ">>head" -> awaiting(Scene::expectHead);
        case ">>body" -> {
          String content = Escapes.decode(argument);
          yield scene -> scene.expectBody(content);
        }
        case ">>trailers" -> {
          String lines = Escapes.decode(argument);
          yield scene -> scene.expectTrailers(scene.request(), lines);
        }
        case "<trailers" -> {
          String lines = Escapes.decode(argument);
          yield scene -> scene.expectTrailers(scene.reply(), lines);
        }
        case ">>at" -> scene -> scene.expectAt(argument);
        case ">>gone" -> Scene::expectWorkerLeft;
        case ">>not" -> without(argument, Scene::expectRequestWithout);
        case "<head" -> scene -> scene.expectHeadOnly(Integer.parseInt(argument));
        case "<part" -> {
          String part = Escapes.decode(argument);
          yield scene -> scene.expectPart(part);
        }
        case "<json" -> Scene::expectMatrixError;
        case "<end" -> Scene::expectEnd;
        case "<reset" -> Scene::expectReset;
        case "<field" -> scene -> scene.expectField(argument);
        case "<no-field" -> scene -> scene.expectNoField(argument);
        case "<not" -> without(argument, Scene::expectReplyWithout);
        case "flush" -> Scene::flush;
        case ">end" -> Scene::clientEnds;
        case ">close" -> Scene::clientCloses;
        case ">reset" -> Scene::clientResets;
        case ">new" -> Scene::newClient;
        case "<<end" -> Scene::workerEnds;
        case "<<close" -> Scene::workerCloses;
        case "<<reset" -> Scene::workerResets;
        case "<<missing" -> Scene::workerGoesMissing;
        case "<<refused" -> Scene::workerRefuses;
        case "<<accept" -> Scene::workersAccept;
        default -> http2.action(word, argument);
      };
    }

    private Action awaiting(Action action) {
      requests++;
      return action;
    }

    private static Action without(String argument, BiConsumer<Scene, String> check) {
      String text = Escapes.decode(argument);
      return scene -> check.accept(scene, text);
    }

    private void step(int number, String text, Action action) {
      steps.add(new Step(number, text.trim(), action));
    }
  }
}
