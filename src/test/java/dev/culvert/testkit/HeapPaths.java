package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.netbeans.lib.profiler.heap.FieldValue;
import org.netbeans.lib.profiler.heap.GCRoot;
import org.netbeans.lib.profiler.heap.Heap;
import org.netbeans.lib.profiler.heap.HeapFactory;
import org.netbeans.lib.profiler.heap.Instance;
import org.netbeans.lib.profiler.heap.JavaClass;
import org.netbeans.lib.profiler.heap.JavaFrameGCRoot;
import org.netbeans.lib.profiler.heap.ObjectFieldValue;
import org.netbeans.lib.profiler.heap.PrimitiveArrayInstance;

/** Reads from the dump of a heap what keeps a class alive. */
final class HeapPaths {

  /** Longer ones go along some list. */
  private static final int LENGTH = 60;

  private final Heap heap;

  private HeapPaths(Heap heap) {
    this.heap = heap;
  }

  /** For each loader that defines a class of this name, one way from it to a root, line by line. */
  static String fromLoadersOf(String className, Path dump) throws IOException {
    HeapPaths paths = new HeapPaths(HeapFactory.createHeap(dump.toFile()));
    return paths
        .classes()
        .filter(defined -> defined.getName().equals(className))
        .map(defined -> paths.from(defined.getClassLoader()))
        .collect(joining("\n"));
  }

  private Stream<JavaClass> classes() {
    return objects(heap.getAllClasses()).map(JavaClass.class::cast);
  }

  private String from(Instance target) {
    List<String> steps = new ArrayList<>();
    steps.add(target.getJavaClass().getName());
    Instance held = target;
    while (!held.isGCRoot() && steps.size() < LENGTH) {
      Instance holder = held.getNearestGCRootPointer();
      if (holder == null) {
        steps.add("nothing but references that are not strong");
        return String.join("\n  in ", steps);
      }
      steps.add(holder.getJavaClass().getName() + field(holder, held) + name(holder));
      held = holder;
    }
    steps.add(held.isGCRoot() ? root(heap.getGCRoot(held)) : "more");
    return String.join("\n  in ", steps);
  }

  private static String field(Instance holder, Instance held) {
    return Stream.concat(objects(holder.getFieldValues()), objects(holder.getStaticFieldValues()))
        .filter(ObjectFieldValue.class::isInstance)
        .filter(value -> held.equals(((ObjectFieldValue) value).getInstance()))
        .map(value -> "." + ((FieldValue) value).getField().getName())
        .findFirst()
        .orElse("");
  }

  private static String root(GCRoot root) {
    return root instanceof JavaFrameGCRoot frame && frame.getThreadGCRoot() != null
        ? "a frame" + name(frame.getThreadGCRoot().getInstance())
        : root.getKind();
  }

  /** Of what has one, threads above all. */
  private static String name(Instance object) {
    return object.getValueOfField("name") instanceof Instance name
            && name.getValueOfField("value") instanceof PrimitiveArrayInstance text
        ? " \"" + text(text) + '"'
        : "";
  }

  /** Names have no others than Latin letters. */
  private static String text(PrimitiveArrayInstance bytes) {
    byte[] text = new byte[bytes.getLength()];
    for (int i = 0; i < text.length; i++) {
      text[i] = Byte.parseByte((String) bytes.getValues().get(i));
    }
    return new String(text, ISO_8859_1);
  }

  private static Stream<Object> objects(List<?> values) {
    return values.stream().map(Object.class::cast);
  }
}
