package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.Lines;
import java.util.List;

/**
 * One instruction as text: continuation lines joined, comments and blanks gone.
 *
 * @param comments the comment lines directly above it
 * @param heredocs documents that follow it, with their content
 * @param emptyContinuation whether an empty line stood among its continuation lines
 */
record InstructionLine(
    String text,
    Lines lines,
    List<String> comments,
    List<Heredoc> heredocs,
    boolean emptyContinuation) {}
