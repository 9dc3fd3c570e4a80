/**
 * Dockerfile text to instructions: physical lines to instruction lines ({@code LineReader}), those
 * to words ({@code LineParser}), those to typed records ({@code InstructionParser}). Nothing is
 * expanded here; that takes the values a stage has when it is planned.
 */
@NullMarked
package dev.obdbuild.frontend.parse;

import org.jspecify.annotations.NullMarked;
