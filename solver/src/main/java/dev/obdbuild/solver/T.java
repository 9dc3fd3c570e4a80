package dev.obdbuild.solver;
public final class T {
  static final long[] t=new long[400]; static final String[] n=new String[400]; static int k; static long start;
  public static synchronized void mark(String s){ if(k<400){t[k]=System.nanoTime(); n[k++]=s+" ["+Thread.currentThread().getName()+"]";} }
  public static synchronized void dump(){ StringBuilder b=new StringBuilder("TRACE\n"); for(int i=0;i<k;i++) b.append(String.format("T %8.2f %7.2f %s%n",(t[i]-t[0])/1e6, i==0?0:(t[i]-t[i-1])/1e6, n[i])); System.err.print(b); k=0; }
}
