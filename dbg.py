import sys; sys.path.insert(0,'.')
from tests.solver.honest.test_every_program import made, solved
from src.interchange.schedule import Scope
import src.solver.daily.prove as pv, src.solver.daily.layer as ly
orig=pv.Part.solve
p=made(10); best=solved(p)
import src.solver.daily.subsolve as ss
def s(self,effort,stop):
    r=orig(self,effort,stop); print('part',len(self._free),effort.deterministic,r.found,r.objective,r.bound,round(r.deterministic,3)); return r
op=ly.prove
def prove(d,st,b):
    pv.Part.solve=s
    print('before',st.scores(), b.used, b.has_left())
    r=op(d,st,b); print('bounds',r, st.scores()); pv.Part.solve=orig; return r
ly.prove=prove
a=solved(p,scope=Scope.DAILY,year_plan=best.schedule)
print(a.status,[(str(t.objective),str(t.bound)) for t in a.tiers])
print(dict(a.score_terms)); print(dict(best.score_terms)); print(a.schedule.vacations==best.schedule.vacations, a.schedule.year==best.schedule.year, best.schedule.unmet)
for t in p.objective: print(t)
