/* What the C library makes of conversions: its output is printf.json (gcc printf.c && ./a.out > printf.json). */
#include <stdio.h>
#include <string.h>
int main(void){
 const char *flags[]={"","-","0","+"," ","#","-+","0+","#0","-#","+#"};
 const char *wp[]={"","1","5","12",".1",".5","12.5","20.10"};
 long long v[]={0,1,-1,7,-42,255,65536,-2147483648LL,9223372036854775807LL,-9223372036854775807LL-1};
 const char *conv="diuoxX";
 const char *s[]={"","a","hello","a longer string"};
 double d[]={0,1,-1.5,3.14159265358979,1e10,1e-5,123456789.125,-0.0001234};
 int first=1; puts("[");
 char fmt[40],out[200];
 #define EMIT(V) do{printf("%s[\"%s\",%s,\"%s\"]",first?"":",\n",fmt2,V,out);first=0;}while(0)
 for(int f=0;f<11;f++)for(int w=0;w<8;w++){
  for(const char*c=conv;*c;c++){
   int k=(f*31+w*7+*c)%10;
   char fmt2[40],val[40]; sprintf(fmt,"%%%s%sll%c",flags[f],wp[w],*c); sprintf(fmt2,"%%%s%s%c",flags[f],wp[w],*c);
   for(int j=0;j<3;j++){ long long x=v[(k+j*3)%10]; sprintf(out,fmt,x); sprintf(val,"\"%lld\"",x); EMIT(val);} }
  if(f<2) for(int j=0;j<4;j++){char fmt2[40],val[40];sprintf(fmt,"%%%s%ss",flags[f],wp[w]);strcpy(fmt2,fmt);sprintf(out,fmt,s[j]);sprintf(val,"\"%s\"",s[j]);EMIT(val);}
  if(f!=5&&f<8) for(const char*c="eEfgG";*c;c++){char fmt2[40],val[60];sprintf(fmt,"%%%s%s%c",flags[f],wp[w],*c);strcpy(fmt2,fmt);double x=d[(f+w+*c)%8];sprintf(out,fmt,x);sprintf(val,"%.17g",x);EMIT(val);}
 }
 puts("\n]");return 0;}
